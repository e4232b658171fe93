#include "coldstart/core/length.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart {

namespace {

// The number before a unit ("5e6 tokens", "5e6tokens"); nothing when the text ends otherwise.
std::optional<double> amount_before(std::string_view text, std::string_view unit) {
  if (!text.ends_with(unit)) return std::nullopt;
  text.remove_suffix(unit.size());
  if (text.ends_with(' ')) text.remove_suffix(1);
  const auto amount = parse_double(text);
  if (!amount || !std::isfinite(*amount) || *amount < 0) return std::nullopt;
  return amount;
}

int64_t whole_steps(double steps, std::string_view where) {
  constexpr double kMost = 1e15;  // whole in a double, and longer than any run
  if (!(steps <= kMost))
    throw ConfigError(where,
                      fmt::format("the length is {} steps, expected at most {}", steps, kMost),
                      "give a shorter length");
  // Rounded up, but not for a product that is whole up to its rounding.
  return static_cast<int64_t>(std::ceil(steps * (1 - 1e-12)));
}

}  // namespace

std::optional<Length> Length::parse(std::string_view text) {
  if (text.ends_with('%')) {
    const auto percent = parse_double(text.substr(0, text.size() - 1));
    if (!percent || !(*percent >= 0 && *percent <= 100)) return std::nullopt;
    return of_percent(*percent);
  }
  for (const std::string_view unit : {"tokens", "token"})
    if (const auto tokens = amount_before(text, unit)) return of_tokens(*tokens);
  for (const std::string_view unit : {"epochs", "epoch"})
    if (const auto epochs = amount_before(text, unit)) return of_epochs(*epochs);
  const auto steps = parse_int(text);
  if (!steps || *steps < 0) return std::nullopt;
  return of_steps(*steps);
}

int64_t Length::steps_of(const LengthScale& scale, std::string_view where) const {
  const auto need = [&](int64_t known, const char* what) {
    if (known > 0) return static_cast<double>(known);
    throw ConfigError(where, fmt::format("{} is not known here; got {}", what, text()),
                      "give the length in steps");
  };
  switch (unit_) {
    case Unit::steps:
      break;
    case Unit::percent:
      return std::llround(static_cast<double>(scale.total_steps) * amount_ / 100);
    case Unit::tokens:
      return whole_steps(amount_ / need(scale.tokens_per_step, "how many tokens a step sees"),
                         where);
    case Unit::epochs:
      return whole_steps(amount_ * need(scale.tokens_per_epoch, "how many tokens an epoch has") /
                             need(scale.tokens_per_step, "how many tokens a step sees"),
                         where);
  }
  return steps_;
}

std::string Length::text() const {
  switch (unit_) {
    case Unit::steps:
      break;
    case Unit::percent:
      return fmt::format("{}%", amount_);
    case Unit::tokens:
      return fmt::format("{} tokens", amount_);
    case Unit::epochs:
      return fmt::format("{} epochs", amount_);
  }
  return fmt::format("{}", steps_);
}

}  // namespace coldstart
