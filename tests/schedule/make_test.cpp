#include "coldstart/schedule/make.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "coldstart/core/error.h"

namespace coldstart::schedule {
namespace {

using testing::HasSubstr;

constexpr RunScale kRun{.steps = 1000, .base = 1};

ScheduleOptions options(Shape shape) {
  ScheduleOptions o;
  o.shape = shape;
  o.warmup = Length::of_percent(2);
  return o;
}

std::string refusal(const ScheduleOptions& o, const RunScale& run = kRun) {
  try {
    make_schedule(o, run);
  } catch (const ConfigError& error) {
    EXPECT_FALSE(error.hint().empty()) << error.what();
    return error.message();
  }
  return "accepted";
}

TEST(MakeSchedule, InsideTakesTheWarmupOutOfTheTotal) {
  const Schedule s = make_schedule(options(Shape::trapezoid), kRun);
  EXPECT_EQ(s.warmup, 20);
  EXPECT_EQ(s.hold, 480);
  EXPECT_EQ(s.decay, 500);
  EXPECT_EQ(s.total(), 1000);
}

// Rule SC-01 of docs/rules.md.
TEST(MakeSchedule, SC01_TheDefaultIsAHoldAndALinearDecayToZero) {
  const Schedule s = make_schedule({}, kRun);
  EXPECT_GT(s.hold, 0);
  EXPECT_GT(s.decay, 0);
  EXPECT_EQ(s.fall.shape, DecayShape::linear);
  EXPECT_EQ(s.lr(s.total()), 0);
}

// Tuning playbook: 10,000 steps and a prepended warmup of 1,000 are 11,000 steps.
TEST(MakeSchedule, PrependAddsTheWarmupAndLeavesTheRestAsItWas) {
  const RunScale run{.steps = 10'000, .base = 1};
  const Schedule without = make_schedule({}, run);
  ScheduleOptions o;
  o.warmup = 1000;
  o.warmup_mode = WarmupMode::prepend;
  const Schedule with = make_schedule(o, run);
  EXPECT_EQ(with.total(), 11'000);
  for (const int64_t step : {0, 1, 4999, 5000, 7500, 9999, 10'000})
    EXPECT_EQ(with.lr(step + 1000), without.lr(step)) << step;
}

TEST(MakeSchedule, OtherShapesDecayOverEverythingAfterWarmupAndHold) {
  for (const Shape shape : {Shape::linear, Shape::cosine, Shape::one_minus_sqrt, Shape::power}) {
    ScheduleOptions o = options(shape);
    Schedule s = make_schedule(o, kRun);
    EXPECT_EQ(s.hold, 0);
    EXPECT_EQ(s.decay, 980);
    EXPECT_EQ(s.factor(19), 1);
    EXPECT_EQ(s.factor(20), 1);
    EXPECT_LT(s.factor(21), 1);
    EXPECT_GT(s.factor(999), 0);
    EXPECT_EQ(s.factor(1000), 0);
    o.hold = Length::of_percent(10);
    s = make_schedule(o, kRun);
    EXPECT_EQ(s.hold, 100);
    EXPECT_EQ(s.decay, 880);
    EXPECT_EQ(s.factor(120), 1);
    EXPECT_LT(s.factor(121), 1);
    EXPECT_EQ(s.factor(1000), 0);
  }
}

TEST(MakeSchedule, ConstantAndATrapezoidWithoutCooldownAreEqual) {
  ScheduleOptions o = options(Shape::trapezoid);
  o.cooldown = 0;
  EXPECT_EQ(make_schedule(o, kRun), make_schedule(options(Shape::constant), kRun));
  EXPECT_EQ(make_schedule(o, kRun).factor(999), 1);
}

TEST(MakeSchedule, ATrapezoidOfNoHoldIsThePlainShape) {
  ScheduleOptions o = options(Shape::trapezoid);
  o.cooldown = 0.98;
  o.cooldown_shape = DecayShape::one_minus_sqrt;
  EXPECT_EQ(make_schedule(o, kRun), make_schedule(options(Shape::one_minus_sqrt), kRun));
}

// 1000 steps, 100 of them warmup (or before them), peak 1, final ratio 0.1. Factors at the steps
// 0, w-1, w, end of the hold, N-1; by hand, with the hold of 300 that every case has.
struct Golden {
  std::string name;
  ScheduleOptions options;
  double at_0, at_last_warmup, at_end_inside, at_end_prepend;
};
class MakeScheduleGolden : public testing::TestWithParam<Golden> {};

ScheduleOptions with_warmup(WarmupShape shape) {
  ScheduleOptions o;
  o.shape = Shape::linear;
  o.hold = 300;
  o.final_ratio = 0.1;
  o.warmup_shape = shape;
  if (!has_own_length(shape) && shape != WarmupShape::none) o.warmup = 100;
  if (shape == WarmupShape::matched_mup) o.width_multiplier = 2;
  return o;
}
ScheduleOptions with_decay(Shape shape, double final_ratio = 0.1) {
  ScheduleOptions o = with_warmup(WarmupShape::linear);
  o.shape = shape;
  o.final_ratio = final_ratio;
  return o;
}

TEST_P(MakeScheduleGolden, InBothModes) {
  const Golden& golden = GetParam();
  for (const WarmupMode mode : {WarmupMode::inside, WarmupMode::prepend}) {
    SCOPED_TRACE(enum_name(mode));
    ScheduleOptions o = golden.options;
    o.warmup_mode = mode;
    const Schedule s =
        make_schedule(o, {.steps = 1000, .base = 2, .beta2 = 0.98, .weight_decay = 0.01});
    const int64_t w = o.warmup_shape == WarmupShape::none                  ? 0
                      : o.warmup_shape == WarmupShape::matched_mup         ? 181
                      : o.warmup_shape == WarmupShape::untuned_exponential ? 346
                                                                           : 100;
    const bool inside = mode == WarmupMode::inside;
    EXPECT_EQ(s.warmup, w);
    EXPECT_EQ(s.hold, 300);
    EXPECT_EQ(s.total(), inside ? 1000 : 1000 + w);
    EXPECT_EQ(s.mode, mode);
    EXPECT_NEAR(s.lr(0), 2 * golden.at_0, 1e-12);
    EXPECT_NEAR(s.factor(w == 0 ? 0 : w - 1), golden.at_last_warmup, 1e-12);
    EXPECT_EQ(s.factor(w), 1);
    EXPECT_EQ(s.factor(w + 299), 1) << "last step of the hold";
    EXPECT_EQ(s.factor(w + 300), 1) << "first of the decay";
    EXPECT_NEAR(s.factor(s.total() - 1), inside ? golden.at_end_inside : golden.at_end_prepend,
                1e-12);
  }
}

// Decays of 1000 - w - 300 steps inside and 700 prepended.
INSTANTIATE_TEST_SUITE_P(
    Shapes, MakeScheduleGolden,
    testing::Values(
        Golden{"none", with_warmup(WarmupShape::none), 1, 1, 0.1 + 0.9 / 700, 0.1 + 0.9 / 700},
        Golden{"linear", with_warmup(WarmupShape::linear), 0.01, 1, 0.1 + 0.9 / 600,
               0.1 + 0.9 / 700},
        Golden{"exponential", with_warmup(WarmupShape::exponential), 0.0010715193052376064, 1,
               0.1 + 0.9 / 600, 0.1 + 0.9 / 700},
        Golden{"one_minus_cos", with_warmup(WarmupShape::one_minus_cos), 0.0002467198171342, 1,
               0.1 + 0.9 / 600, 0.1 + 0.9 / 700},
        Golden{"sqrt", with_warmup(WarmupShape::sqrt), 0.1, 1, 0.1 + 0.9 / 600, 0.1 + 0.9 / 700},
        Golden{"untuned_linear", with_warmup(WarmupShape::untuned_linear), 0.01, 1, 0.1 + 0.9 / 600,
               0.1 + 0.9 / 700},
        Golden{"untuned_exponential", with_warmup(WarmupShape::untuned_exponential),
               0.01980132669324470, 0.9990121700594687, 0.1 + 0.9 / 354, 0.1 + 0.9 / 700},
        Golden{"matched_mup", with_warmup(WarmupShape::matched_mup), 0.5075945946255175,
               0.9990016566757589, 0.1 + 0.9 / 519, 0.1 + 0.9 / 700},
        Golden{"decay_cosine", with_decay(Shape::cosine), 0.01, 1, 0.10000616848865797,
               0.10000453195359765},
        Golden{"decay_one_minus_sqrt", with_decay(Shape::one_minus_sqrt), 0.01, 1,
               0.10075031276068827, 0.10064308689883465},
        Golden{"decay_exponential", with_decay(Shape::exponential), 0.01, 1, 0.10038450149978853,
               0.10032948233127076},
        Golden{"decay_inverse_sqrt", with_decay(Shape::inverse_sqrt, 0), 0.01, 1,
               0.6327719971683327, 0.6032969774067616},
        Golden{"decay_power", with_decay(Shape::power), 0.01, 1, 0.1000025, 0.1 + 0.9 / 490000},
        Golden{"decay_step", with_decay(Shape::step), 0.01, 1, 0.1, 0.1},
        Golden{"decay_to_the_peak", with_decay(Shape::linear, 1), 0.01, 1, 1, 1}),
    [](const auto& parameters) { return parameters.param.name; });

TEST(MakeSchedule, WhatDoesNotFitIsRefusedWithBothNumbers) {
  ScheduleOptions o = options(Shape::trapezoid);
  o.warmup = 600;
  EXPECT_THAT(refusal(o), HasSubstr("got 600 + 500 steps, expected at most 1000"));
  o.warmup_mode = WarmupMode::prepend;
  EXPECT_EQ(make_schedule(o, kRun).total(), 1600);
  o = options(Shape::cosine);
  o.warmup = 1001;
  EXPECT_THAT(refusal(o), HasSubstr("[schedule.warmup]"));
  o.warmup = 1000;
  EXPECT_EQ(make_schedule(o, kRun).decay, 0);
  o.warmup = 600;
  o.hold = 401;
  EXPECT_THAT(refusal(o), HasSubstr("[schedule.hold]"));
}

TEST(MakeSchedule, LengthsMayBeData) {
  ScheduleOptions o = options(Shape::linear);
  o.warmup = Length::of_tokens(1000);
  o.hold = Length::of_epochs(0.5);
  const Schedule s =
      make_schedule(o, {.steps = 1000, .base = 1, .tokens_per_step = 10, .tokens_per_epoch = 500});
  EXPECT_EQ(s.warmup, 100);
  EXPECT_EQ(s.hold, 25);
  EXPECT_THAT(refusal(o), HasSubstr("[schedule.warmup]")) << "tokens of a step are unknown";
}

TEST(MakeSchedule, AShapeWithoutWhatItNeedsIsRefused) {
  EXPECT_THAT(refusal(options(Shape::exponential)), HasSubstr("expected above 0"));
  EXPECT_THAT(refusal(options(Shape::step)), HasSubstr("[schedule.final_ratio]"));
  ScheduleOptions o = options(Shape::inverse_sqrt);
  EXPECT_EQ(make_schedule(o, kRun).fall.timescale, 20);
  o.final_ratio = 0.1;
  EXPECT_THAT(refusal(o), HasSubstr("[schedule.final_ratio]"));
  o = options(Shape::inverse_sqrt);
  o.warmup = 0;
  EXPECT_THAT(refusal(o), HasSubstr("[schedule.decay_timescale]"));
  o.decay_timescale = 50;
  EXPECT_EQ(make_schedule(o, kRun).fall.timescale, 50);

  o = options(Shape::trapezoid);
  o.warmup_shape = WarmupShape::none;
  EXPECT_THAT(refusal(o), HasSubstr("takes no length; got 2%"));
  o.warmup_shape = WarmupShape::untuned_linear;
  EXPECT_THAT(refusal(o), HasSubstr("takes no length"));
  o.warmup = 0;
  EXPECT_THAT(refusal(o), HasSubstr("beta2, which this optimizer does not have"));
  o.warmup_shape = WarmupShape::matched_mup;
  EXPECT_THAT(refusal(o), HasSubstr("set optimizer.weight_decay"));
  const RunScale decayed{.steps = 1000, .base = 1e-3, .weight_decay = 0.1};
  EXPECT_THAT(refusal(o, decayed), HasSubstr("[schedule.width_multiplier]"));
  o.width_multiplier = 4;
  EXPECT_THAT(refusal(o, decayed), HasSubstr("the warmup is longer than the run; got 4"));
}

TEST(MakeSchedule, AnOptionThatThisScheduleDoesNotReadIsRefused) {
  const auto refused = [](const std::function<void(ScheduleOptions&)>& change, Shape shape) {
    ScheduleOptions o = options(shape);
    o.final_ratio = 0.1;
    change(o);
    return refusal(o);
  };
  const auto unread = HasSubstr("this schedule does not use it");
  EXPECT_THAT(refused([](auto& o) { o.cooldown_shape = DecayShape::cosine; }, Shape::cosine),
              unread);
  EXPECT_THAT(refused([](auto& o) { o.hold = 5; }, Shape::trapezoid), unread);
  EXPECT_THAT(refused([](auto& o) { o.hold = 5; }, Shape::constant), unread);
  EXPECT_THAT(refused([](auto& o) { o.decay_power = 3; }, Shape::cosine), unread);
  EXPECT_THAT(refused([](auto& o) { o.decay_drops = 2; }, Shape::power), unread);
  EXPECT_THAT(refused([](auto& o) { o.decay_timescale = 2; }, Shape::step), unread);
  EXPECT_THAT(refused([](auto& o) { o.warmup_start = 0.1; }, Shape::step), unread);
  EXPECT_THAT(refused([](auto& o) { o.width_multiplier = 2; }, Shape::step), unread);
  EXPECT_THAT(refused([](auto& o) { o.cooldown_shape = DecayShape::none; }, Shape::trapezoid),
              HasSubstr("set schedule.shape = constant"));
  EXPECT_EQ(refused([](auto& o) { o.decay_drops = 2; }, Shape::step), "accepted");
  EXPECT_EQ(refused(
                [](auto& o) {
                  o.cooldown_shape = DecayShape::power;
                  o.decay_power = 3;
                },
                Shape::trapezoid),
            "accepted");
}

}  // namespace
}  // namespace coldstart::schedule
