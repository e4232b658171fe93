#include "coldstart/tune/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart::tune {

namespace {

struct Unit {
  std::string_view name;
  BudgetUnit unit;
  double factor;
};

// Compared without regard to case, but for the prefixes of large numbers.
constexpr std::array kUnits = {
    Unit{"s", BudgetUnit::seconds, 1},       Unit{"sec", BudgetUnit::seconds, 1},
    Unit{"seconds", BudgetUnit::seconds, 1}, Unit{"m", BudgetUnit::seconds, 60},
    Unit{"min", BudgetUnit::seconds, 60},    Unit{"minutes", BudgetUnit::seconds, 60},
    Unit{"h", BudgetUnit::seconds, 3600},    Unit{"hours", BudgetUnit::seconds, 3600},
    Unit{"d", BudgetUnit::seconds, 86400},   Unit{"days", BudgetUnit::seconds, 86400},
    Unit{"tok", BudgetUnit::tokens, 1},      Unit{"tokens", BudgetUnit::tokens, 1},
    Unit{"ktok", BudgetUnit::tokens, 1e3},   Unit{"mtok", BudgetUnit::tokens, 1e6},
    Unit{"gtok", BudgetUnit::tokens, 1e9},   Unit{"flop", BudgetUnit::flops, 1},
    Unit{"flops", BudgetUnit::flops, 1},     Unit{"gflop", BudgetUnit::flops, 1e9},
    Unit{"tflop", BudgetUnit::flops, 1e12},  Unit{"pflop", BudgetUnit::flops, 1e15},
    Unit{"eflop", BudgetUnit::flops, 1e18},
};

[[noreturn]] void refuse(std::string_view text) {
  throw ConfigError("--budget", fmt::format("got '{}', expected an amount with its unit", text),
                    "such as 30m, 2h, 90s, 20Mtok or 3e15flop");
}

const Unit* find_unit(std::string_view word) {
  std::string lower;
  for (const char c : word) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const Unit& unit : kUnits)
    if (unit.name == lower) return &unit;
  return nullptr;
}

// One part, "30m", taken off the front of the text.
std::optional<std::pair<double, const Unit*>> take_part(std::string_view& text) {
  size_t number = 0;
  while (number < text.size()) {
    const char c = text[number];
    const bool exponent = (c == 'e' || c == 'E') && number + 1 < text.size() &&
                          (std::isdigit(static_cast<unsigned char>(text[number + 1])) != 0 ||
                           text[number + 1] == '+' || text[number + 1] == '-');
    const bool sign = (c == '+' || c == '-') && number > 0 &&
                      (text[number - 1] == 'e' || text[number - 1] == 'E');
    if (std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '.' && !exponent && !sign) break;
    ++number;
  }
  const auto amount = parse_double(text.substr(0, number));
  text.remove_prefix(number);
  if (text.starts_with(' ')) text.remove_prefix(1);
  size_t word = 0;
  while (word < text.size() && std::isalpha(static_cast<unsigned char>(text[word])) != 0) ++word;
  const Unit* unit = find_unit(text.substr(0, word));
  text.remove_prefix(word);
  if (!amount || !std::isfinite(*amount) || unit == nullptr) return std::nullopt;
  return std::pair(*amount, unit);
}

}  // namespace

double Cost::in(BudgetUnit unit) const {
  switch (unit) {
    case BudgetUnit::seconds:
      return seconds;
    case BudgetUnit::tokens:
      return tokens;
    case BudgetUnit::flops:
      break;
  }
  return flops;
}

Cost& Cost::operator+=(const Cost& other) {
  seconds += other.seconds;
  tokens += other.tokens;
  flops += other.flops;
  return *this;
}

double finish_reserve(const Budget& budget) {
  if (budget.unit != BudgetUnit::seconds) return 0;
  constexpr double kLeast_s = 1.5;
  return std::max(kLeast_s, kFinishShare * budget.amount);
}

Budget parse_budget(std::string_view text) {
  Budget budget;
  std::string_view rest = text;
  for (int parts = 0; !rest.empty() || parts == 0; ++parts) {
    const auto part = take_part(rest);
    if (!part) refuse(text);
    const auto& [amount, unit] = *part;
    // "1h30m" is one amount; tokens and FLOPs have one part.
    if (parts > 0 && (unit->unit != budget.unit || unit->unit != BudgetUnit::seconds)) refuse(text);
    budget.unit = unit->unit;
    budget.amount += amount * unit->factor;
  }
  if (!(budget.amount > 0)) refuse(text);
  return budget;
}

std::string amount_text(BudgetUnit unit, double amount) {
  switch (unit) {
    case BudgetUnit::seconds:
      return human_duration(amount);
    case BudgetUnit::tokens:
      return human_count(amount) + " tokens";
    case BudgetUnit::flops:
      break;
  }
  return human_flops(amount);
}

std::string cost_text(const Cost& cost) {
  return fmt::format("{}, {}, {}", amount_text(BudgetUnit::seconds, cost.seconds),
                     amount_text(BudgetUnit::tokens, cost.tokens),
                     amount_text(BudgetUnit::flops, cost.flops));
}

}  // namespace coldstart::tune
