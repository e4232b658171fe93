// Budget: what a user gives the autopilot, in time, in tokens trained on, or in FLOPs of training.
//
//   "30m" "2h" "1h30m" "90s"      "20Mtok" "5e6 tokens"      "3e15flop" "2 PFLOP"
// Cost is what was spent, in all three; a time budget counts every second that passes, the other
// two count training alone, so that what they buy does not depend on the machine.
// Test: tests/tune/budget_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coldstart/core/enum_text.h"

namespace coldstart::tune {

enum class BudgetUnit : uint8_t { seconds, tokens, flops };

struct Cost {
  double seconds = 0, tokens = 0, flops = 0;

  double in(BudgetUnit unit) const;
  Cost& operator+=(const Cost& other);
};

struct Budget {
  BudgetUnit unit = BudgetUnit::seconds;
  double amount = 0;
};

inline constexpr double kFinishShare = 0.02;  // of a time budget, for scores and the page

// What is kept back for them, in units of the budget.
double finish_reserve(const Budget& budget);

// ConfigError, with examples, for anything that is no amount above 0 with a unit.
Budget parse_budget(std::string_view text);

std::string amount_text(BudgetUnit unit, double amount);  // "12:30", "4.2M tokens", "1.5 PFLOP"
std::string cost_text(const Cost& cost);                  // "34 s, 1.2M tokens, 5.4 TFLOP"

}  // namespace coldstart::tune

template <>
struct coldstart::EnumText<coldstart::tune::BudgetUnit> {
  using E = tune::BudgetUnit;
  static constexpr auto names =
      enum_names<E>({{E::seconds, "seconds"}, {E::tokens, "tokens"}, {E::flops, "flops"}});
};
