#include "coldstart/plan/spikes.h"

#include <gtest/gtest.h>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

constexpr int64_t kSteps = 2000;

double base_loss(double x) { return 3 + std::exp(-8 * x); }

// A rise by `height` from fraction `from` to `to`.
Trial with_rise(double height, double from, double to, uint64_t seed = 1) {
  Trial trial;
  trial.planned_steps = kSteps;
  add_losses(trial, seed, kSteps,
             [=](double x) { return base_loss(x) + (x > from && x < to ? height : 0); });
  return trial;
}

TEST(Spikes, ARiseThatHealsIsASpike) {
  const auto spikes = find_spikes(with_rise(1, 0.5, 0.52));
  ASSERT_EQ(spikes.size(), 1u);
  EXPECT_NEAR(static_cast<double>(spikes[0].first_step), 1000, 10);
  EXPECT_NEAR(static_cast<double>(spikes[0].last_step), 1040, 15);
  EXPECT_NEAR(spikes[0].height, 1.1, 0.2);
  EXPECT_FALSE(spikes[0].sustained);
}

TEST(Spikes, ARiseThatDoesNotEndIsSustained) {
  const auto open = find_spikes(with_rise(1, 0.98, 2));
  ASSERT_EQ(open.size(), 1u);
  EXPECT_TRUE(open[0].sustained);
  const auto lasting = find_spikes(with_rise(1, 0.5, 0.6));
  ASSERT_EQ(lasting.size(), 1u);
  EXPECT_TRUE(lasting[0].sustained);  // 10 % of the run
}

TEST(Spikes, ST02_EarlyAndMidTrainingAreToldApart) {
  EXPECT_TRUE(find_spikes(with_rise(2, 0.02, 0.03)).at(0).early);
  EXPECT_FALSE(find_spikes(with_rise(2, 0.5, 0.51)).at(0).early);
  Trial warm = with_rise(2, 0.15, 0.16);
  EXPECT_FALSE(find_spikes(warm).at(0).early);
  warm.schedule = schedule::Schedule{.warmup = 200, .hold = 1800, .base = 1};
  EXPECT_TRUE(find_spikes(warm).at(0).early);  // before twice the warmup
}

TEST(Spikes, NoiseAloneIsNone) {
  int found = 0;
  for (uint64_t seed = 0; seed < 100; ++seed)
    found += !find_spikes(with_rise(0, 2, 3, seed)).empty();
  EXPECT_LE(found, 2);
}

TEST(Spikes, ALossThatIsNotFiniteIsSustained) {
  Trial trial = with_rise(0, 2, 3);
  trial.steps.loss[1500] = NAN;
  const auto spikes = find_spikes(trial);
  ASSERT_EQ(spikes.size(), 1u);
  EXPECT_EQ(spikes[0].first_step, 1501);
  EXPECT_TRUE(spikes[0].sustained);
  EXPECT_TRUE(spikes[0].not_finite);
}

TEST(Spikes, AFewStepsOrAConstantLossSayNothing) {
  Trial trial;
  EXPECT_TRUE(find_spikes(trial).empty());
  add_losses(trial, 1, 19, base_loss);
  EXPECT_TRUE(find_spikes(trial).empty());
  Trial flat;
  add_losses(
      flat, 1, 500, [](double) { return 3.0; }, 0);
  EXPECT_TRUE(find_spikes(flat).empty());
}

}  // namespace
}  // namespace coldstart::plan
