#include "coldstart/plan/periodicity.h"

#include <gtest/gtest.h>

#include <numbers>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

// A falling curve with a swing of this amplitude and a period of 100 of 1,000 steps.
Curve swinging(double amplitude, uint64_t seed) {
  return val_curve(simulated_trial(
      seed,
      [=](double x) { return falling()(x) + amplitude * std::sin(2 * std::numbers::pi * 10 * x); },
      {.evals = 200}));
}

TEST(Periodicity, EV04_ASwingWithTheEpochIsFoundWithItsPeriod) {
  int found = 0, at_epoch = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const auto any = find_periodicity(swinging(0.03, seed));
    found += any && std::abs(any->period - 100) < 6;
    const auto epoch = find_periodicity(swinging(0.02, seed), 100);
    at_epoch += epoch && std::abs(epoch->amplitude - 0.02) < 0.01;
  }
  EXPECT_GE(found, 48);
  EXPECT_GE(at_epoch, 48);
}

TEST(Periodicity, CorrelatedNoiseIsNone) {
  int alarms = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    alarms += find_periodicity(swinging(0, seed)).has_value();
    alarms += find_periodicity(swinging(0, seed), 100).has_value();
  }
  EXPECT_LE(alarms, 4);
}

TEST(Periodicity, TooFewPeriodsOrPointsSayNothing) {
  const Curve curve = swinging(0.1, 1);
  EXPECT_FALSE(find_periodicity(curve, 400));  // 2.5 periods
  EXPECT_FALSE(find_periodicity(curve, 15));   // 3 evaluations a period
  EXPECT_FALSE(find_periodicity(val_curve(simulated_trial(1, falling(), {.evals = 20}))));
  EXPECT_FALSE(
      find_periodicity(val_curve(simulated_trial(1, [](double) { return 3.0; }, {.noise = 0}))));
}

TEST(Periodicity, ALongCurveIsThinned) {
  const auto trial = simulated_trial(
      1, [](double x) { return 3 + 0.02 * std::sin(2 * std::numbers::pi * 20 * x); },
      {.steps = 20'000, .evals = 20'000, .noise = 0.02});
  const auto found = find_periodicity(val_curve(trial));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->period, 1000, 30);
}

}  // namespace
}  // namespace coldstart::plan
