// A10: the trapezoid, exactly, with and without warmup, in both forms of its first step.
#include <gtest/gtest.h>

#include "coldstart/schedule/make.h"

namespace coldstart::schedule {
namespace {

constexpr int64_t T = 1000, W = 50;
constexpr double kPeak = 0.5;  // a power of two: rates are exact

Schedule trapezoid(int64_t warmup, WarmupFirst first = WarmupFirst::one) {
  ScheduleOptions options;
  options.warmup = warmup;
  options.warmup_first = first;
  return make_schedule(options, {.steps = T, .base = kPeak});
}

TEST(OracleA10, WithoutWarmupTheFirstStepHasTheFullRate) {
  EXPECT_EQ(trapezoid(0).lr(0), kPeak);
  EXPECT_EQ(trapezoid(0, WarmupFirst::zero).lr(0), kPeak);
}

TEST(OracleA10, AWarmupThatStartsAtOneReachesThePeakAtItsLastStep) {
  const Schedule s = trapezoid(W);
  EXPECT_EQ(s.lr(0), kPeak / W);
  for (int64_t it = 0; it < W; ++it)
    EXPECT_EQ(s.lr(it), kPeak * (static_cast<double>(it + 1) / W)) << it;
  EXPECT_EQ(s.lr(W - 1), kPeak);
}

TEST(OracleA10, AWarmupThatStartsAtZeroReachesThePeakAfterIt) {
  const Schedule s = trapezoid(W, WarmupFirst::zero);
  EXPECT_EQ(s.lr(0), 0);
  EXPECT_LT(s.lr(W - 1), kPeak);
  EXPECT_EQ(s.lr(W), kPeak);
}

TEST(OracleA10, ThePlateauLastsToTheMiddleAndTheRateFallsInAStraightLineToZero) {
  const Schedule s = trapezoid(W);
  for (int64_t it = W - 1; it <= T / 2; ++it) EXPECT_EQ(s.lr(it), kPeak) << it;
  const int64_t N = T / 2;  // steps of the cooldown
  for (int64_t it = N; it <= T; ++it) {
    const double done = static_cast<double>(it - N) / static_cast<double>(N);
    EXPECT_DOUBLE_EQ(s.lr(it), kPeak - kPeak * done) << it;
  }
  EXPECT_EQ(s.lr(T), 0);
}

}  // namespace
}  // namespace coldstart::schedule
