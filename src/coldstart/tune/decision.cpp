#include "coldstart/tune/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::tune {

namespace {

constexpr std::string_view kNumber = "number.", kWord = "word.";

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

[[noreturn]] void damaged(const std::string& id, std::string_view name) {
  throw DataError("journal", fmt::format("the decision '{}' does not say '{}'", id, name),
                  "the journal was written by another version: choose another --out");
}

}  // namespace

double Decision::number(std::string_view name) const {
  for (const auto& [key, value] : numbers)
    if (key == name) return value;
  damaged(id, name);
}

int64_t Decision::integer(std::string_view name) const {
  return static_cast<int64_t>(std::llround(number(name)));
}

const std::string& Decision::word(std::string_view name) const {
  for (const auto& [key, value] : words)
    if (key == name) return value;
  damaged(id, name);
}

io::JsonRecord to_record(const Decision& d) {
  io::JsonRecord record;
  record.add("type", "decision")
      .add("name", d.id)
      .add("phase", d.phase)
      .add("question", d.question)
      .add("answer", d.answer)
      .add("label", d.label)
      .add("evidence", joined(d.evidence))
      .add("caveats", joined(d.caveats))
      .add("commands", joined(d.commands))
      .add("cost.seconds", d.cost.seconds)
      .add("cost.tokens", d.cost.tokens)
      .add("cost.flops", d.cost.flops);
  for (const auto& [key, value] : d.numbers) record.add(std::string(kNumber) + key, value);
  for (const auto& [key, value] : d.words) record.add(std::string(kWord) + key, value);
  return record;
}

Decision to_decision(const io::JsonRecord& record) {
  Decision d;
  d.id = record.text("name").value_or("");
  const auto text = [&](const char* key) {
    const auto value = record.text(key);
    if (!value) damaged(d.id, key);
    return *value;
  };
  d.phase = text("phase");
  d.question = text("question");
  d.answer = text("answer");
  d.label = text("label");
  d.evidence = split(text("evidence"));
  d.caveats = split(text("caveats"));
  d.commands = split(text("commands"));
  d.cost = {.seconds = record.number("cost.seconds").value_or(0),
            .tokens = record.number("cost.tokens").value_or(0),
            .flops = record.number("cost.flops").value_or(0)};
  for (const auto& [key, value] : record.entries()) {
    if (key.starts_with(kNumber))
      d.numbers.emplace_back(key.substr(kNumber.size()), record.number(key).value_or(NAN));
    if (key.starts_with(kWord))
      d.words.emplace_back(key.substr(kWord.size()), record.text(key).value_or(""));
  }
  return d;
}

}  // namespace coldstart::tune
