#include "coldstart/train/ramps.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/core/trim.h"

namespace coldstart::train {

namespace {

constexpr const char* kWhere = "regularize.ramps";
constexpr const char* kExample =
    "write for example \"dropout=0..1@10%..50%, weight_decay=1..0.1@500..900\"";

constexpr std::array<std::pair<std::string_view, schedule::Ramp Ramps::*>, 4> kRamps = {
    {{"dropout", &Ramps::dropout},
     {"attention_dropout", &Ramps::attention_dropout},
     {"label_smoothing", &Ramps::label_smoothing},
     {"weight_decay", &Ramps::weight_decay}}};

using Halves = std::pair<std::string_view, std::string_view>;

std::optional<Halves> split(std::string_view text, std::string_view at) {
  const size_t found = text.find(at);
  if (found == std::string_view::npos) return std::nullopt;
  return Halves(trimmed(text.substr(0, found)), trimmed(text.substr(found + at.size())));
}

class Parser {
 public:
  Parser(std::string_view rule, const LengthScale& scale) : rule_(rule), scale_(scale) {}

  // The name, and its ramp.
  std::pair<std::string_view, schedule::Ramp> parse() const {
    const Halves named = part(rule_, "=", "a ramp is NAME=FROM..TO@BEGIN..END");
    const Halves placed = part(named.second, "@", "a ramp says where it begins and ends");
    const Halves factors = part(placed.first, "..", "a ramp goes FROM..TO");
    const Halves range = part(placed.second, "..", "a ramp goes from BEGIN..END");
    const schedule::Ramp ramp{.from = factor(factors.first),
                              .to = factor(factors.second),
                              .begin = step(range.first),
                              .end = step(range.second)};
    if (ramp.end < ramp.begin)
      refuse(fmt::format("it ends before it begins: steps {} to {}", ramp.begin, ramp.end));
    return {named.first, ramp};
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw ConfigError(kWhere, fmt::format("{}; got '{}'", why, rule_), kExample);
  }

 private:
  Halves part(std::string_view text, std::string_view at, const char* why) const {
    const auto halves = split(text, at);
    if (!halves) refuse(why);
    return *halves;
  }
  double factor(std::string_view text) const {
    const auto value = parse_double(text);
    if (!value || !std::isfinite(*value) || *value < 0)
      refuse(fmt::format("'{}' is no factor of 0 or more", text));
    return *value;
  }
  int64_t step(std::string_view text) const {
    const auto length = Length::parse(text);
    if (!length) refuse(fmt::format("'{}' is no step and no share of the run", text));
    return length->steps_of(scale_, kWhere);
  }

  std::string_view rule_;
  const LengthScale& scale_;
};

}  // namespace

Ramps parse_ramps(const std::string& text, const LengthScale& scale) {
  Ramps ramps;
  std::set<std::string_view> seen;
  std::string_view rest = text;
  while (!trimmed(rest).empty()) {
    const size_t comma = rest.find(',');
    const std::string_view rule = trimmed(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    const Parser parser(rule, scale);
    const auto [name, ramp] = parser.parse();
    bool found = false;
    for (const auto& [known_name, member] : kRamps) {
      if (name != known_name) continue;
      ramps.*member = ramp;
      found = true;
    }
    if (!found)
      parser.refuse("a ramp is of dropout, attention_dropout, label_smoothing or weight_decay");
    if (!seen.insert(name).second) parser.refuse(fmt::format("{} has two ramps", name));
  }
  return ramps;
}

std::string ramps_text(const Ramps& ramps) {
  std::string text;
  for (const auto& [name, member] : kRamps) {
    const schedule::Ramp& ramp = ramps.*member;
    if (ramp == schedule::Ramp()) continue;
    text += fmt::format("{}{}={}..{}@{}..{}", text.empty() ? "" : ", ", name, ramp.from, ramp.to,
                        ramp.begin, ramp.end);
  }
  return text;
}

}  // namespace coldstart::train
