#include "coldstart/plan/lr_trace.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

schedule::Schedule wsd() {
  return {.warmup = 100, .hold = 700, .decay = 200, .base = 0.5, .fall = {.final_ratio = 0.1}};
}

TEST(LrTrace, AScheduleKeepsItsRatesAndItsArea) {
  using schedule::DecayShape;
  for (const DecayShape shape :
       {DecayShape::linear, DecayShape::cosine, DecayShape::one_minus_sqrt, DecayShape::power}) {
    schedule::Schedule s = wsd();
    s.fall.shape = shape;
    const LrTrace trace = LrTrace::of(s, s.total());
    for (int64_t step = 0; step <= s.total(); step += 7)
      EXPECT_NEAR(trace.lr(static_cast<double>(step)), s.lr(step), 0.5e-2) << step;
    // The sum over steps is half a step off the integral, where the rate changes.
    EXPECT_NEAR(trace.area(1000), s.area(0, 1000), 0.5) << enum_name(shape);
  }
}

TEST(LrTrace, ConstantPartsCostNoKnots) {
  schedule::Schedule s{.hold = 10'000'000, .base = 1};
  s.fall.shape = schedule::DecayShape::none;
  EXPECT_LE(LrTrace::of(s, s.total()).knots().size(), 3u);
  EXPECT_DOUBLE_EQ(LrTrace::of(s, s.total()).area(1e7), 1e7);
}

TEST(LrTrace, RecordsGiveTheSameHistoryAsTheScheduleInFarFewerKnots) {
  schedule::Schedule s = wsd();
  s.fall.shape = schedule::DecayShape::cosine;
  std::vector<int64_t> step;
  std::vector<double> lr;
  for (int64_t k = 0; k < s.total(); ++k) {
    step.push_back(k);
    lr.push_back(s.lr(k));
  }
  const LrTrace recorded = LrTrace::of(step, lr, 1000, 0);
  EXPECT_LT(recorded.knots().size(), 60u);
  for (int64_t k = 0; k < 1000; k += 3)
    EXPECT_NEAR(recorded.lr(static_cast<double>(k)), s.lr(k), 2.1e-3 * s.base) << k;
  EXPECT_EQ(divergence(recorded, LrTrace::of(s, 1000)), 1000);
}

TEST(LrTrace, AWarmupThatWasNotRecordedCanBeTold) {
  const std::vector<int64_t> step = {100, 200};
  const std::vector<double> lr = {0.5, 0.5};
  EXPECT_DOUBLE_EQ(LrTrace::of(step, lr, 200, 100).area(100), 25);
  EXPECT_DOUBLE_EQ(LrTrace::of(step, lr, 200, 0).area(100), 50) << "constant before, without one";
  EXPECT_DOUBLE_EQ(LrTrace::of(step, lr, 200, 50).area(100), 12.5 + 25);
  EXPECT_DOUBLE_EQ(LrTrace::of(step, lr, 300, 0).lr(300), 0.5) << "stays after the last record";
}

TEST(LrTrace, HistoriesPartWhereTheyDiffer) {
  schedule::Schedule a = wsd(), b = wsd();
  b.hold = 500;
  const double at = divergence(LrTrace::of(a, 1000), LrTrace::of(b, 800));
  EXPECT_GT(at, 600);
  EXPECT_LT(at, 610);
  b.hold = 2000;
  EXPECT_NEAR(divergence(LrTrace::of(a, 1000), LrTrace::of(b, 2300)), 802, 3);
}

TEST(LrTrace, ACooldownLeavesAHoldAndACosineIsNone) {
  EXPECT_NEAR(fall_start(LrTrace::of(wsd(), 1000)), 800, 5);
  EXPECT_NEAR(cooldown_start(LrTrace::of(wsd(), 1000)), 800, 5);
  schedule::Schedule cosine{.warmup = 100, .decay = 900, .base = 1};
  cosine.fall.shape = schedule::DecayShape::cosine;
  EXPECT_LT(cooldown_start(LrTrace::of(cosine, 1000)), 0);
  schedule::Schedule constant{.warmup = 100, .hold = 900, .base = 1};
  EXPECT_LT(cooldown_start(LrTrace::of(constant, 1000)), 0);
}

TEST(LrTrace, StretchingKeepsTheWarmup) {
  const LrTrace twice = LrTrace::of(wsd(), 1000).stretched(2);
  EXPECT_EQ(twice.last_step(), 2000);
  EXPECT_EQ(twice.warmup_end(), 100);
  EXPECT_EQ(LrTrace::of(wsd(), 1000).until(850).last_step(), 850);
}

TEST(LrTrace, BadRecordsAreRefused) {
  const std::vector<int64_t> step = {1, 2, 2}, back = {3, 2};
  EXPECT_THROW(LrTrace::of(step, std::vector<double>{1, 1, 1}, 3, 0), DataError) << "a step twice";
  EXPECT_THROW(LrTrace::of(back, std::vector<double>{1, 1}, 3, 0), DataError);
  EXPECT_THROW(LrTrace::of(back, std::vector<double>{NAN, 1}, 3, 0), DataError);
  EXPECT_THROW(LrTrace::of(std::vector<int64_t>{1, 2}, std::vector<double>{1, -1}, 3, 0),
               DataError);
  EXPECT_THROW(LrTrace::of({}, {}, 3, 0), DataError);
}

}  // namespace
}  // namespace coldstart::plan
