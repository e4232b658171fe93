#include "coldstart/plan/first_config.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/plan/objective.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr double kMuchBetter = 1;  // nat

}  // namespace

std::optional<std::string> hardly_better_than_chance(const Trial& trial) {
  const auto best = objective_of(trial);
  if (trial.vocab < 2 || !best) return std::nullopt;
  const double chance = std::log(static_cast<double>(trial.vocab));
  if (best->value < chance - kMuchBetter) return std::nullopt;
  return fmt::format(
      "IC-01: {} has come to {:.3f} only, chance is {:.3f}: begin with a configuration that is "
      "much "
      "better than chance (by {:.0f} nat) before its length is asked for",
      name_of(trial), best->value, chance, kMuchBetter);
}

}  // namespace coldstart::plan
