#include "coldstart/schedule/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::schedule {
namespace {

Schedule trapezoid() {
  return {.warmup = 4, .hold = 6, .decay = 10, .base = 0.5, .fall = {.final_ratio = 0.1}};
}

TEST(Schedule, TheFirstStepOfAWarmupOfWStepsHasFactorOneOverW) {
  const Schedule s = trapezoid();
  EXPECT_DOUBLE_EQ(s.factor(0), 0.25);
  EXPECT_DOUBLE_EQ(s.factor(1), 0.5);
  EXPECT_DOUBLE_EQ(s.factor(3), 1) << "w-1: the warmup ends at the peak";
  EXPECT_DOUBLE_EQ(s.factor(4), 1) << "w";
  EXPECT_DOUBLE_EQ(s.lr(0), 0.125);
}

TEST(Schedule, TheZeroFirstFormReachesThePeakAtStepW) {
  Schedule s = trapezoid();
  s.ramp.first = WarmupFirst::zero;
  EXPECT_EQ(s.factor(0), 0);
  EXPECT_DOUBLE_EQ(s.factor(3), 0.75);
  EXPECT_DOUBLE_EQ(s.factor(4), 1);
}

TEST(Schedule, TheDecayStartsAtThePeakAndReachesTheFinalRateJustAfterTheLastStep) {
  const Schedule s = trapezoid();
  EXPECT_EQ(s.total(), 20);
  EXPECT_EQ(s.factor(9), 1) << "last step of the hold";
  EXPECT_EQ(s.factor(10), 1) << "first step of the decay";
  EXPECT_DOUBLE_EQ(s.factor(15), 0.1 + 0.9 * 0.5);
  EXPECT_DOUBLE_EQ(s.factor(19), 0.1 + 0.9 * 0.1) << "last step";
  EXPECT_EQ(s.factor(20), 0.1) << "beyond the end";
  EXPECT_EQ(s.factor(1'000'000'000'000), 0.1);
}

TEST(Schedule, CosineSpansExactlyTheStepsAfterTheWarmup) {
  const Schedule s{.warmup = 2,
                   .decay = 8,
                   .base = 1,
                   .fall = {.shape = DecayShape::cosine, .final_ratio = 0.1}};
  EXPECT_EQ(s.factor(1), 1);
  constexpr double kPi = 3.14159265358979323846;
  for (int j = 0; j < 8; ++j)
    EXPECT_DOUBLE_EQ(s.factor(2 + j), 0.1 + 0.9 * (1 + std::cos(kPi * j / 8)) / 2) << j;
  EXPECT_EQ(s.factor(10), 0.1) << "the floor itself, whatever the share of the warmup";
}

TEST(Schedule, WithoutWarmupAndDecayItIsConstant) {
  const Schedule s{.hold = 5, .base = 0.3, .fall = {.shape = DecayShape::none}};
  for (const int64_t step : {0, 4, 5, 100}) EXPECT_EQ(s.lr(step), 0.3);
  const Schedule decay_only{.decay = 4, .base = 1};
  EXPECT_EQ(decay_only.factor(0), 1);
  EXPECT_DOUBLE_EQ(decay_only.factor(3), 0.25) << "a decay to 0 wastes no step";
  EXPECT_EQ(decay_only.factor(4), 0);
}

TEST(Schedule, AreaIsTheSumOfRates) {
  const Schedule s = trapezoid();
  EXPECT_DOUBLE_EQ(s.area(0, 4), 0.5 * (0.25 + 0.5 + 0.75 + 1));
  EXPECT_DOUBLE_EQ(s.area(4, 10), 0.5 * 6);
  EXPECT_DOUBLE_EQ(s.area(0, 20), s.area(0, 7) + s.area(7, 20));
  EXPECT_EQ(s.area(5, 5), 0);
}

TEST(Schedule, DescribesItself) {
  EXPECT_EQ(describe(trapezoid()),
            "4 linear warmup (inside) + 6 hold + 10 linear decay to 0.1, peak 0.5");
  Schedule s{.hold = 5, .base = 1e-3};
  EXPECT_EQ(describe(s), "5 hold, peak 0.001");
  s = {.warmup = 2,
       .decay = 8,
       .mode = WarmupMode::prepend,
       .base = 1,
       .ramp = {.first = WarmupFirst::zero},
       .fall = {.shape = DecayShape::cosine}};
  EXPECT_EQ(describe(s), "2 linear warmup (prepend, from zero) + 8 cosine decay to 0, peak 1");
  s.ramp = {.shape = WarmupShape::exponential, .start = 0.01};
  s.fall = {.shape = DecayShape::step, .final_ratio = 0.1, .drops = 2};
  EXPECT_EQ(describe(s),
            "2 exponential warmup (prepend, from 0.01) + 8 step decay in 2 drops to 0.1, peak 1");
  s = {.hold = 8, .decay = 24, .base = 1};
  s.fall = {.shape = DecayShape::inverse_sqrt, .timescale = 8};
  EXPECT_EQ(describe(s), "8 hold + 24 inverse_sqrt decay (timescale 8) to 0.5, peak 1");
  s.fall = {.shape = DecayShape::power, .power = 3};
  EXPECT_EQ(describe(s), "8 hold + 24 power decay 3 to 0, peak 1");
}

TEST(Schedule, ItsFieldsCarryTheWholeValue) {
  const Schedule s{.warmup = 1,
                   .hold = 2,
                   .decay = 3,
                   .mode = WarmupMode::prepend,
                   .base = 0.5,
                   .ramp = {WarmupShape::matched_mup, WarmupFirst::zero, 0.125, 0.25},
                   .fall = {DecayShape::step, 0.75, 4, 5, 6}};
  Schedule from_value = s, copy;
  FieldList from, to;
  from.add("", from_value);
  to.add("", copy);
  to.apply(from.settings());
  EXPECT_EQ(copy, s);
}

}  // namespace
}  // namespace coldstart::schedule
