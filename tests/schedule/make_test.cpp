#include "coldstart/schedule/make.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::schedule {
namespace {

ScheduleRequest request(Shape shape) {
  return {.shape = shape, .steps = 1000, .warmup = Length::of_percent(2), .base = 1};
}

TEST(MakeSchedule, InsideTakesTheWarmupOutOfTheTotal) {
  const Schedule s = make_schedule(request(Shape::trapezoid));
  EXPECT_EQ(s.warmup, 20);
  EXPECT_EQ(s.hold, 480);
  EXPECT_EQ(s.decay, 500);
  EXPECT_EQ(s.total(), 1000);
}

// Tuning playbook: 10,000 steps and a prepended warmup of 1,000 are 11,000 steps.
TEST(MakeSchedule, PrependAddsTheWarmupAndLeavesTheRestAsItWas) {
  ScheduleRequest r{.shape = Shape::trapezoid, .steps = 10'000, .base = 1};
  const Schedule without = make_schedule(r);
  r.warmup = Length::of_steps(1000);
  r.mode = WarmupMode::prepend;
  const Schedule with = make_schedule(r);
  EXPECT_EQ(with.total(), 11'000);
  for (const int64_t step : {0, 1, 4999, 5000, 7500, 9999, 10'000})
    EXPECT_EQ(with.lr(step + 1000), without.lr(step)) << step;
}

TEST(MakeSchedule, CosineAndLinearDecayOverEverythingAfterTheWarmup) {
  for (const Shape shape : {Shape::cosine, Shape::linear}) {
    const Schedule s = make_schedule(request(shape));
    EXPECT_EQ(s.hold, 0);
    EXPECT_EQ(s.decay, 980);
    EXPECT_EQ(s.factor(19), 1);
    EXPECT_EQ(s.factor(20), 1);
    EXPECT_LT(s.factor(21), 1);
    EXPECT_GT(s.factor(999), 0);
    EXPECT_EQ(s.factor(1000), 0);
  }
  EXPECT_EQ(make_schedule(request(Shape::cosine)).shape, DecayShape::cosine);
  EXPECT_EQ(make_schedule(request(Shape::linear)).shape, DecayShape::linear);
}

TEST(MakeSchedule, ConstantAndATrapezoidWithoutCooldownAreEqual) {
  ScheduleRequest r = request(Shape::trapezoid);
  r.cooldown = 0;
  EXPECT_EQ(make_schedule(r), make_schedule(request(Shape::constant)));
  EXPECT_EQ(make_schedule(r).factor(999), 1);
}

TEST(MakeSchedule, WhatDoesNotFitIsRefusedWithBothNumbers) {
  ScheduleRequest r = request(Shape::trapezoid);
  r.warmup = Length::of_steps(600);
  try {
    make_schedule(r);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("got 600 + 500 steps, expected at most 1000"));
  }
  r.mode = WarmupMode::prepend;
  EXPECT_EQ(make_schedule(r).total(), 1600);
  r = request(Shape::cosine);
  r.warmup = Length::of_steps(1001);
  EXPECT_THROW(make_schedule(r), ConfigError);
  r.warmup = Length::of_steps(1000);
  EXPECT_EQ(make_schedule(r).decay, 0);
}

}  // namespace
}  // namespace coldstart::schedule
