#include "coldstart/io/flat_json.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "coldstart/core/error.h"

namespace coldstart::io {

namespace {

constexpr std::string_view kLiterals[] = {"NaN", "Infinity", "-Infinity"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A cursor over one line. Every take_ function says whether it found what it looks for.
struct Cursor {
  const char* at;
  const char* end;

  void skip_space() {
    while (at < end && is_space(*at)) ++at;
  }
  bool take(char c) {
    skip_space();
    if (at == end || *at != c) return false;
    ++at;
    return true;
  }
  // A string without escapes and control characters.
  bool take_string(std::string_view& text) {
    if (!take('"')) return false;
    const char* begin = at;
    while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20 &&
           static_cast<unsigned char>(*at) < 0x80)
      ++at;
    if (at == end || *at != '"') return false;
    text = {begin, static_cast<size_t>(at++ - begin)};
    return true;
  }
  // Anything up to the next separator; the caller judges it.
  std::string_view take_word() {
    skip_space();
    const char* begin = at;
    while (at < end && *at != ',' && *at != '}' && !is_space(*at)) ++at;
    return {begin, static_cast<size_t>(at - begin)};
  }
};

// JSON's grammar of numbers, which is narrower than that of from_chars: no "01", ".5", "1.", "inf".
bool is_json_number(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t begin = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > begin;
  };
  if (i < text.size() && text[i] == '-') ++i;
  if (i < text.size() && text[i] == '0')
    ++i;
  else if (!digits())
    return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

bool is_literal(std::string_view text) {
  return text == kLiterals[0] || text == kLiterals[1] || text == kLiterals[2];
}

// The line with bare literals in quotes, which is JSON.
std::string quote_literals(std::string_view line) {
  std::string result;
  bool in_string = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\' && i + 1 < line.size()) {
      result += {c, line[++i]};
      continue;
    }
    std::string_view found;
    if (!in_string)
      for (const std::string_view literal : kLiterals)
        if (line.substr(i).starts_with(literal)) found = literal;
    if (found.empty()) {
      result += c;
    } else {
      (result += '"').append(found) += '"';
      i += found.size() - 1;
    }
  }
  return result;
}

}  // namespace

bool parse_json_number(std::string_view text, double& value) {
  if (is_json_number(text)) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc()) return true;
    // Too large or too small for a double: what arithmetic would give.
    const bool small = text.find("e-") != text.npos || text.find("E-") != text.npos;
    value = small ? 0 : std::numeric_limits<double>::infinity();
    if (text.front() == '-') value = -value;
    return true;
  }
  if (!is_literal(text)) return false;
  value = text == kLiterals[0] ? std::numeric_limits<double>::quiet_NaN()
                               : std::numeric_limits<double>::infinity();
  if (text.front() == '-') value = -value;
  return true;
}

bool FlatJsonReader::scan(std::string_view line) {
  Cursor cursor{line.data(), line.data() + line.size()};
  if (!cursor.take('{')) return false;
  if (!cursor.take('}')) {
    do {
      FlatEntry entry;
      if (!cursor.take_string(entry.key) || !cursor.take(':')) return false;
      cursor.skip_space();
      if (cursor.at < cursor.end && *cursor.at == '"') {
        if (!cursor.take_string(entry.value)) return false;
        entry.number = is_literal(entry.value);
      } else {
        entry.value = cursor.take_word();
        entry.number = is_json_number(entry.value) || is_literal(entry.value);
        if (!entry.number) return false;
      }
      entries_.push_back(entry);
    } while (cursor.take(','));
    if (!cursor.take('}')) return false;
  }
  cursor.skip_space();
  return cursor.at == cursor.end;
}

void FlatJsonReader::parse(std::string_view line, std::string_view source, int64_t number) {
  using Json = nlohmann::ordered_json;
  const Json json = Json::parse(quote_literals(line), nullptr, false);
  if (!json.is_object())
    throw DataError(fmt::format("{}:{}", source, number), "not a JSON object",
                    "each line is one JSON object, such as {\"step\":1,\"train_loss\":4.8}");
  const auto own = [&](std::string text) -> std::string_view {
    return owned_.emplace_back(std::move(text));
  };
  // Inner objects by a stack of their own: a hostile depth must not use up the program's.
  std::vector<std::pair<std::string, const Json*>> open = {{"", &json}};
  while (!open.empty()) {
    const auto [prefix, object] = open.back();
    open.pop_back();
    for (const auto& [key, value] : object->items()) {
      if (value.is_object()) {
        open.emplace_back(prefix + key + ".", &value);
      } else if (value.is_number()) {
        entries_.push_back({own(prefix + key), own(value.dump()), true});
      } else if (value.is_boolean()) {
        entries_.push_back({own(prefix + key), value.get<bool>() ? "1" : "0", true});
      } else if (value.is_string()) {
        const std::string_view text = own(value.get<std::string>());
        entries_.push_back({own(prefix + key), text, is_literal(text)});
      }
    }
  }
}

std::span<const FlatEntry> FlatJsonReader::read(std::string_view line, std::string_view source,
                                                int64_t number) {
  entries_.clear();
  if (!owned_.empty()) owned_.clear();
  if (!scan(line)) {
    entries_.clear();
    parse(line, source, number);
  }
  return entries_;
}

}  // namespace coldstart::io
