// Design 4.2 and 6.10, rule CB-03.
#include "coldstart/plan/predict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "tests/plan/law_runs.h"

namespace coldstart::plan {
namespace {

const LrTrace kTarget = LrTrace::of(cosine(72'000), 72'000);

TEST(Predict, AGoodDesignGivesAPointWithinHalfAPercentAtThreeTimesTheLength) {
  const Prediction p = predict(good_design(5e-4), kTarget);
  EXPECT_EQ(p.design, Design::good);
  ASSERT_TRUE(p.loss);
  const double truth = law_loss(kTarget, 72'000);
  EXPECT_NEAR(*p.loss / truth, 1, 0.005);
  EXPECT_LE(p.range.lo, truth);
  EXPECT_GE(p.range.hi, truth);
  EXPECT_GE(p.range.hi - p.range.lo, 2 * 0.005 * truth) << "never narrower than the floor";
  EXPECT_EQ(p.fits.size(), 16u) << "five lambdas, three windows, and the multi-power law";
}

TEST(Predict, TheLastThirdOfTheLongestRunsAndEveryCooldownAreHiddenPredictedAndCompared) {
  const Prediction p = predict(good_design(5e-4), kTarget);
  ASSERT_EQ(p.holdouts.size(), 4u) << "trunk, the cooldown that ends with it, and both cooldowns";
  EXPECT_NEAR(p.holdouts[0].from, 16'000, 100);
  EXPECT_NEAR(p.holdouts[1].from, 16'000, 100);
  EXPECT_NEAR(p.holdouts[2].from, 8'000, 100);
  EXPECT_NEAR(p.holdouts[3].from, 20'000, 100);
  for (const Holdout& h : p.holdouts) {
    EXPECT_NEAR(h.error(), 0, 0.01);
    EXPECT_NE(h.error(), 0);
  }
}

// Here a cooldown brings what the law says times how far the loss still is from its floor, as in
// small models close to the entropy of their text: what an early one brings, a late one does not.
std::vector<RunCurve> fading_cooldowns() {
  std::vector<RunCurve> curves = good_design(5e-4);
  const LrTrace at_peak = LrTrace::of(trunk(24'000), 24'000);
  for (const size_t cooldown : {1U, 2U}) {
    RunCurve& curve = curves[cooldown];
    const double start = cooldown_start(curve.rates);
    for (size_t i = 0; i < curve.step.size(); ++i) {
      if (curve.step[i] <= start) continue;
      const double uncooled = law_loss(at_peak, curve.step[i]);
      curve.loss[i] = uncooled - 12'000 / start * (uncooled - curve.loss[i]);
    }
    curve.final_loss = curve.loss.back();
    curve.final_step = curve.step.back();
  }
  return curves;
}

TEST(Predict, ADesignWhoseChecksFailIsPoorAndItsRangeGoesUpToWhatHasBeenReached) {
  const std::vector<RunCurve> curves = fading_cooldowns();
  const Prediction p = predict(curves, kTarget, {.beyond_reach = true});
  EXPECT_EQ(p.grade.design, Design::good) << "by its learning rates alone";
  EXPECT_EQ(p.design, Design::poor);
  EXPECT_FALSE(p.loss);
  EXPECT_THAT(p.reason, testing::HasSubstr("held-out prediction is off by"));
  EXPECT_GE(p.range.hi, std::min(curves[1].final_loss, curves[2].final_loss));
  EXPECT_EQ(to_verdict(p).label, "POOR");
  EXPECT_THAT(predict(curves, kTarget).refused,
              testing::ElementsAre(testing::HasSubstr("reaches 1.5x")));
}

TEST(Predict, OneCurveGivesARangeAndNeverAPoint) {
  const std::vector<RunCurve> one = {law_curve("cosine", cosine(24'000), 5e-4)};
  const LrTrace near = LrTrace::of(cosine(36'000), 36'000);
  const Prediction p = predict(one, near);
  EXPECT_EQ(p.design, Design::poor);
  EXPECT_FALSE(p.loss);
  EXPECT_TRUE(p.refused.empty());
  const double truth = law_loss(near, 36'000);
  EXPECT_LE(p.range.lo, truth);
  EXPECT_GE(p.range.hi, truth);
  EXPECT_EQ(to_verdict(p).label, "POOR");
}

TEST(PredictRefuses, WhatIsBeyondTheReachOfTheDesign) {
  const std::vector<RunCurve> one = {law_curve("cosine", cosine(24'000))};
  Prediction p = predict(one, kTarget);
  EXPECT_THAT(p.refused, testing::ElementsAre(testing::HasSubstr("reaches 1.5x")));
  EXPECT_EQ(to_verdict(p).label, "REFUSED");
  EXPECT_EQ(to_verdict(p).standing, Standing::refused);
  const LrTrace far = LrTrace::of(cosine(100'000), 100'000);
  EXPECT_THAT(predict(good_design(), far).refused,
              testing::ElementsAre(testing::HasSubstr("reaches 4x")));
  p = predict(one, kTarget, {.beyond_reach = true});
  EXPECT_TRUE(p.refused.empty());
  EXPECT_THAT(p.warnings, testing::Contains(testing::HasSubstr("beyond the reach")));
}

TEST(PredictRefuses, ACooldownThatNoRunHasShown) {
  const std::vector<RunCurve> one = {law_curve("trunk", trunk(24'000))};
  const LrTrace cooled_down = LrTrace::of(cooled(30'000, 36'000), 36'000);
  EXPECT_THAT(predict(one, cooled_down).refused,
              testing::ElementsAre(testing::HasSubstr("cools down")));
  EXPECT_TRUE(predict(one, LrTrace::of(trunk(36'000), 36'000)).refused.empty());
}

TEST(PredictRefuses, OverfittingAndManyPasses) {
  const std::vector<RunCurve> curves = good_design();
  EXPECT_FALSE(predict(curves, kTarget, {.overfitting = true}).refused.empty());
  EXPECT_FALSE(predict(curves, kTarget, {.epochs = 4.1}).refused.empty());
  EXPECT_TRUE(predict(curves, kTarget, {.epochs = 4}).refused.empty());
}

TEST(Predict, OnesOwnErrorsReplaceTheFloorOnceThereAreThree) {
  const std::vector<RunCurve> curves = good_design(5e-4);
  EXPECT_FALSE(predict(curves, kTarget, {.holdout_errors = {0.02, 0.01}}).own_floor);
  const Prediction p = predict(curves, kTarget, {.holdout_errors = {0.02, 0.01, -0.03}});
  EXPECT_TRUE(p.own_floor);
  EXPECT_EQ(p.floor, 0.03);
  EXPECT_THROW(predict(curves, kTarget, {.holdout_errors = {NAN}}), DataError);
}

TEST(Predict, TheOrderOfTheRunsDoesNotMatter) {
  std::vector<RunCurve> curves = good_design(5e-4);
  const Prediction a = predict(curves, kTarget);
  std::swap(curves[0], curves[2]);
  const Prediction b = predict(curves, kTarget);
  EXPECT_NEAR(*a.loss, *b.loss, 1e-6);
}

// The good design with every loss lower by the same amount, so that the target ends at `end`.
std::vector<RunCurve> ending_at(double end) {
  std::vector<RunCurve> curves = good_design(5e-4);
  const double less = law_loss(kTarget, 72'000) - end;
  for (RunCurve& curve : curves) {
    for (double& loss : curve.loss) loss -= less;
    curve.final_loss -= less;
  }
  return curves;
}

TEST(PredictRefuses, ALossBelowZero) {
  EXPECT_THAT(predict(ending_at(-0.05), kTarget, {.beyond_reach = true}).refused,
              testing::ElementsAre(testing::HasSubstr("below zero")));
}

TEST(Predict, ARangeThatWouldReachBelowZeroBeginsThereAndHasNoPoint) {
  const Prediction p = predict(ending_at(0.01), kTarget, {.beyond_reach = true});
  ASSERT_TRUE(p.refused.empty());
  EXPECT_EQ(p.range.lo, 0);
  EXPECT_GT(p.range.hi, 0.01);
  EXPECT_FALSE(p.loss);
  EXPECT_EQ(to_verdict(p).label, "POOR");
  EXPECT_THAT(p.reason, testing::HasSubstr("below zero"));
}

// What is 1 % of the loss of the good design is 7 % of this one.
TEST(Predict, ARangeThatDoesNotTellWhetherMoreStepsHelpHasNoPoint) {
  const Prediction p = predict(ending_at(0.4), kTarget, {.validate = false, .beyond_reach = true});
  EXPECT_EQ(p.grade.design, Design::good);
  EXPECT_EQ(p.design, Design::poor);
  EXPECT_FALSE(p.loss);
  EXPECT_THAT(p.reason, testing::HasSubstr("either way"));
  EXPECT_LE(p.range.lo, 0.4);
  EXPECT_GE(p.range.hi, 0.4);
}

TEST(Predict, NoRunsIsAnError) { EXPECT_THROW(predict({}, kTarget), DataError); }

}  // namespace
}  // namespace coldstart::plan
