#include "coldstart/plan/curve_doubts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "coldstart/core/error.h"

namespace coldstart::plan {

namespace {

constexpr size_t kRecords = 5;    // before and after
constexpr double kStepJump = 30;  // fold
constexpr double kFactorOff = 0.015;
constexpr double kScatters = 8;  // a jump is so many times the scatter beside it

std::vector<double> copy_of(std::span<const double> values) {
  return {values.begin(), values.end()};
}

// Largest change between neighbours, as a share of the level.
double scatter_of(std::span<const double> values, double level) {
  double most = 0;
  for (size_t i = 1; i < values.size(); ++i)
    most = std::max(most, std::abs(values[i] - values[i - 1]));
  return most / std::abs(level);
}

std::optional<std::string> values_change(std::span<const double> step,
                                         std::span<const double> value) {
  for (size_t i = kRecords; i + kRecords <= value.size(); ++i) {
    const auto before = value.subspan(i - kRecords, kRecords), after = value.subspan(i, kRecords);
    const double low = median_of(copy_of(before)), high = median_of(copy_of(after));
    if (!(low > 0) || !(high > 0)) continue;
    const double ratio = high / low;
    const bool bits = std::abs(ratio * std::numbers::ln2 - 1) < kFactorOff;
    const bool nats = std::abs(ratio / std::numbers::ln2 - 1) < kFactorOff;
    if (!bits && !nats) continue;
    const double scatter = std::max(scatter_of(before, low), scatter_of(after, high));
    if (std::abs(ratio - 1) < kScatters * scatter) continue;
    return fmt::format(
        "at step {:.0f} the values change by a factor {:.3f}, that between nats and bits: two "
        "units in one log",
        step[i], ratio);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> mixed_units(std::span<const double> step,
                                       std::span<const double> value) {
  for (size_t i = kRecords; i < step.size(); ++i)
    if (step[i] > kStepJump * step[i - 1])
      return fmt::format("step {:.0f} comes after step {:.0f}: two units in one log", step[i],
                         step[i - 1]);
  return values_change(step, value);
}

namespace {

std::optional<std::string> units_of(const Curve& curve) {
  const std::vector<double> steps(curve.step.begin(), curve.step.end());
  return mixed_units(steps, curve.value);
}

}  // namespace

void require_one_unit(const Curve& curve, const Trial& trial) {
  if (const auto mixed = units_of(curve))
    throw DataError(name_of(trial), *mixed,
                    "give one log in one unit: optimizer updates, and nats");
}

std::optional<std::string> curve_doubt(const Trial& trial) {
  const Curve val = val_curve(trial);
  const auto all = static_cast<double>(trial.evals.size());
  if (static_cast<double>(val.missing) > kMostMissing * all)
    return fmt::format("{} of {} evaluations have no finite value", val.missing,
                       trial.evals.size());
  if (auto mixed = units_of(val)) return mixed;
  if (val.size() < 2) return std::nullopt;
  const auto [lowest, highest] = std::ranges::minmax_element(val.value);
  if (*lowest == *highest)
    return fmt::format("every evaluation is {}: nothing was learnt, or nothing recorded", *lowest);
  if (*lowest > kNoLoss)
    return fmt::format("the lowest value is {:.3g}, which is no loss", *lowest);
  return std::nullopt;
}

}  // namespace coldstart::plan
