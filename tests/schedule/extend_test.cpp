// Rows SX-01, SX-02, SX-05, R1-04, WU-06 and the tables of section 6.6 of the design.
#include "coldstart/schedule/extend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "coldstart/core/error.h"

namespace coldstart::schedule {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

std::vector<std::string> codes(const std::vector<Remark>& remarks) {
  std::vector<std::string> result;
  for (const Remark& remark : remarks) result.push_back(remark.code);
  return result;
}

Schedule linear() { return {.warmup = 500, .decay = 9500, .base = 0.25}; }
Schedule cosine(double final_ratio = 0) {
  return {.warmup = 500,
          .decay = 9500,
          .base = 0.25,
          .fall = {.shape = DecayShape::cosine, .final_ratio = final_ratio}};
}

TEST(ExtendSX01, ALinearDecayKeepsItsLengthAndTheExtraStepsHaveThePeakRate) {
  const Extension e = extend(linear(), 30'000);
  EXPECT_EQ(e.family, Family::hold_and_decay);
  EXPECT_EQ(e.schedule.warmup, 500);
  EXPECT_EQ(e.schedule.hold, 20'000);
  EXPECT_EQ(e.schedule.decay, 9'500);
  EXPECT_EQ(e.schedule.lr(20'500), 0.25);
  EXPECT_LT(e.schedule.lr(20'501), 0.25);
  EXPECT_NEAR(e.tiny.mean_extra, 1, 1e-12);
  EXPECT_EQ(e.schedule.area(500, 20'500), 0.25 * 20'000);
  EXPECT_THAT(codes(e.remarks), ElementsAre("W-RETUNE-DECAY"));
}

TEST(ExtendSX02, ACosineKeepsItsPeakAndIsStretched) {
  const Extension e = extend(cosine(), 30'000);
  EXPECT_EQ(e.family, Family::cosine);
  EXPECT_EQ(e.schedule.decay, 29'500);
  EXPECT_EQ(e.schedule.base, 0.25);
  EXPECT_NEAR(e.schedule.factor(10'000), 0.5 * (1 + std::cos(std::numbers::pi * 9500 / 29500)),
              1e-12);
  EXPECT_NEAR(e.schedule.factor(10'000), 0.765, 5e-4);
  EXPECT_NEAR(e.tiny.mean_extra, 0.5, 1e-6);
  EXPECT_THAT(codes(e.remarks), ElementsAre("W-RETUNE-DECAY"));
}

// The four golden values of m: 1, 0.5, 0.1, 0.
TEST(ExtendSX05, RunningOnAtTheFinalRateIsWarnedOfOrRefused) {
  const Schedule ten_fold = cosine(0.1);
  const TinyLr tenth = tiny_lr(ten_fold, ten_fold, 30'000);
  EXPECT_NEAR(tenth.mean_extra, 0.1, 1e-9);
  ASSERT_THAT(codes(tiny_lr_remarks(tenth)), ElementsAre("W-TINY-LR"));
  EXPECT_FALSE(tiny_lr_remarks(tenth)[0].blocks);

  const TinyLr zero = tiny_lr(cosine(), cosine(), 30'000);
  EXPECT_EQ(zero.mean_extra, 0);
  ASSERT_THAT(codes(tiny_lr_remarks(zero)), ElementsAre("E-TINY-LR"));
  EXPECT_TRUE(tiny_lr_remarks(zero)[0].blocks);
}

TEST(ExtendSX05, TheMeanHasItsLimitsWhereTheyAreSaidToBe) {
  EXPECT_THAT(codes(tiny_lr_remarks({.mean_extra = 0.25})), ElementsAre());
  EXPECT_THAT(codes(tiny_lr_remarks({.mean_extra = 0.249})), ElementsAre("W-TINY-LR"));
  EXPECT_THAT(codes(tiny_lr_remarks({.mean_extra = 0.05})), ElementsAre("W-TINY-LR"));
  EXPECT_THAT(codes(tiny_lr_remarks({.mean_extra = 0.049})), ElementsAre("E-TINY-LR"));
  EXPECT_THAT(codes(tiny_lr_remarks({.mean_extra = NAN, .low_share = 0.3})), ElementsAre());
  EXPECT_THAT(codes(tiny_lr_remarks({.mean_extra = 1, .low_share = 0.31})),
              ElementsAre("W-TINY-LR"));
}

TEST(ExtendSX05, TheShareOfTinyRatesIsCounted) {
  const Schedule s{.warmup = 100, .decay = 1000, .base = 1};
  // factor 1 - j/1000 < 0.1 from j = 901 on, warmup not counted
  EXPECT_DOUBLE_EQ(tiny_lr(s, s, 1100).low_share, 99.0 / 1000);
  EXPECT_TRUE(std::isnan(tiny_lr(s, s, 1100).mean_extra)) << "nothing was added";
}

TEST(Extend, ConstantJustHoldsOn) {
  const Schedule s{.warmup = 10, .hold = 90, .base = 1, .fall = {.shape = DecayShape::none}};
  const Extension e = extend(s, 300);
  EXPECT_EQ(e.schedule.hold, 290);
  EXPECT_EQ(e.schedule.decay, 0);
  EXPECT_EQ(e.shared_steps, 100);
}

TEST(Extend, ACheckpointBeforeTheDecayCanBeContinuedAndOneOfACosineCannot) {
  const Schedule wsd{.warmup = 100, .hold = 700, .decay = 200, .base = 1};
  EXPECT_EQ(extend(wsd, 3000).shared_steps, 801) << "the first step of a decay has the peak rate";
  EXPECT_EQ(extend(cosine(), 30'000).shared_steps, 501);
}

TEST(Extend, TheDecayCanBeAShareInstead) {
  const Schedule wsd{.warmup = 100, .hold = 700, .decay = 200, .base = 1};
  const Extension e = extend(wsd, 3000, {.decay_fraction = 0.2});
  EXPECT_EQ(e.schedule.decay, 600);
  EXPECT_EQ(e.schedule.total(), 3000);
  EXPECT_THROW(extend(wsd, 3000, {.decay_fraction = 0}), ConfigError);
  EXPECT_THROW(extend(wsd, 3000, {.decay_fraction = 1.5}), ConfigError);
  EXPECT_THROW(extend(cosine(), 3000, {.decay_fraction = 0.2}), ConfigError);
}

TEST(Extend, ShrinkingTakesTheHoldThenTheDecayThenTheWarmup) {
  const Schedule wsd{.warmup = 100, .hold = 700, .decay = 200, .base = 1};
  const auto parts = [&](int64_t total) {
    const Schedule s = extend(wsd, total).schedule;
    EXPECT_EQ(s.total(), total);
    return std::vector<int64_t>{s.warmup, s.hold, s.decay};
  };
  EXPECT_THAT(parts(500), ElementsAre(100, 200, 200));
  EXPECT_THAT(parts(300), ElementsAre(100, 0, 200));
  EXPECT_THAT(parts(200), ElementsAre(100, 0, 100));
  EXPECT_THAT(parts(50), ElementsAre(50, 0, 0));

  Schedule held = cosine();
  held.hold = 1000;
  EXPECT_EQ(extend(held, 10'000).schedule.hold, 0) << "a cosine gives up its hold first as well";
}

TEST(ExtendR104, FamiliesThatDecayForEverAreRefusedUnlessForced) {
  Schedule rsqrt{.warmup = 10, .decay = 990, .base = 1};
  rsqrt.fall = {.shape = DecayShape::inverse_sqrt, .timescale = 10};
  Schedule exponential{.decay = 1000, .base = 1};
  exponential.fall = {.shape = DecayShape::exponential, .final_ratio = 0.01};
  Schedule step = exponential;
  step.fall.shape = DecayShape::step;
  for (const Schedule& s : {rsqrt, exponential, step}) {
    EXPECT_EQ(family_of(s), Family::refused);
    try {
      extend(s, 3000);
      ADD_FAILURE() << describe(s);
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("less than a tenth of the peak"));
    }
    const Extension forced = extend(s, 3000, {.force = true});
    EXPECT_EQ(forced.schedule.total(), 3000);
    EXPECT_THAT(codes(forced.remarks), Contains("R1-04"));
    EXPECT_GT(forced.tiny.low_share, 0.3);
  }
  exponential.hold = 500;
  EXPECT_EQ(family_of(exponential), Family::hold_and_decay) << "a cooldown of this shape is fine";
}

TEST(ExtendWU06, AWarmupAboveATwentiethOfTheRunIsToldOf) {
  Schedule s{.warmup = 501, .decay = 499, .base = 1};
  EXPECT_THAT(codes(extend(s, 10'000).remarks), Contains("WU-06"));
  s.warmup = 500;
  EXPECT_THAT(codes(extend(s, 10'000).remarks), Not(Contains("WU-06")));
}

TEST(Extend, AShortCooldownAndAHighFinalRateAreToldOf) {
  Schedule s{.hold = 500, .decay = 500, .base = 1};
  EXPECT_THAT(codes(extend(s, 10'000).remarks), Not(Contains("W-COOLDOWN-SHORT")));
  EXPECT_THAT(codes(extend(s, 12'000).remarks), Contains("W-COOLDOWN-SHORT"));
  const Extension far = extend(s, 21'000);
  EXPECT_THAT(codes(far.remarks), Contains("E-COOLDOWN-SHORT"));
  s.fall.final_ratio = 0.1;
  EXPECT_THAT(codes(extend(s, 2'000).remarks), Contains("W-FINAL-LR"));
}

TEST(ScheduleMismatch, TheScheduleShouldBeMadeForTheRun) {
  const Schedule s{.decay = 1000, .base = 1};
  EXPECT_THAT(codes(mismatch_remarks(s, 1000)), ElementsAre());
  EXPECT_THAT(codes(mismatch_remarks(s, 800)), ElementsAre());
  EXPECT_THAT(codes(mismatch_remarks(s, 799)), ElementsAre("W-SCHED-MISMATCH"));
  EXPECT_THAT(codes(mismatch_remarks(s, 1001)), ElementsAre("W-SCHED-MISMATCH"));
}

TEST(Extend, NothingToExtendIsAnError) {
  EXPECT_THROW(extend({}, 100), ConfigError);
  EXPECT_THROW(extend(linear(), 0), ConfigError);
}

}  // namespace
}  // namespace coldstart::schedule
