#include "coldstart/schedule/warmup_shape.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::schedule {
namespace {

// Numbers worked out by hand, not by the formulas of the source.
TEST(WarmupShape, HalfWayUp) {
  const auto half = [](WarmupShape shape) {
    return WarmupCurve{.shape = shape, .start = 0.01}.factor(49, 100);
  };
  EXPECT_DOUBLE_EQ(half(WarmupShape::none), 1);
  EXPECT_DOUBLE_EQ(half(WarmupShape::linear), 0.5);
  EXPECT_DOUBLE_EQ(half(WarmupShape::exponential), 0.1);
  EXPECT_DOUBLE_EQ(half(WarmupShape::one_minus_cos), 0.5);
  EXPECT_DOUBLE_EQ(half(WarmupShape::sqrt), std::sqrt(2) / 2);
}

TEST(WarmupShape, AThirdOfTheWayTheCosineIsAtAQuarter) {
  const WarmupCurve cosine{.shape = WarmupShape::one_minus_cos};
  EXPECT_NEAR(cosine.factor(29, 90), 0.25, 1e-15);
  EXPECT_NEAR(cosine.factor(59, 90), 0.75, 1e-15);
}

TEST(WarmupShape, ShapesWithALengthReachThePeakAtItsLastStepOrJustAfterIt) {
  for (const WarmupShape shape : {WarmupShape::linear, WarmupShape::exponential,
                                  WarmupShape::one_minus_cos, WarmupShape::sqrt}) {
    WarmupCurve curve{.shape = shape};
    EXPECT_EQ(curve.factor(6, 7), 1) << enum_name(shape);
    EXPECT_GT(curve.factor(0, 7), 0) << enum_name(shape);
    curve.first = WarmupFirst::zero;
    EXPECT_EQ(curve.factor(7, 7), 1) << enum_name(shape);
    EXPECT_NEAR(curve.factor(0, 7), shape == WarmupShape::exponential ? 1e-3 : 0, 1e-18);
  }
}

// Ma and Yarats: 40, 200 and 2000 steps for beta2 = 0.95, 0.99, 0.999.
TEST(WarmupShape, UntunedLinearTakesTwoTimeConstants) {
  const auto curve = [](double beta2) {
    return WarmupCurve{.shape = WarmupShape::untuned_linear, .rate = 1 - beta2};
  };
  EXPECT_EQ(own_length(curve(0.95)), 40);
  EXPECT_EQ(own_length(curve(0.99)), 200);
  EXPECT_EQ(own_length(curve(0.999)), 2000);
  EXPECT_EQ(own_length(curve(0.97)), 67) << "66.7 rounded up";
  EXPECT_NEAR(curve(0.95).factor(0, 40), 0.025, 1e-15);
  EXPECT_NEAR(curve(0.95).factor(19, 40), 0.5, 1e-15);
  EXPECT_EQ(curve(0.97).factor(66, 67), 1) << "never above the peak";
}

TEST(WarmupShape, UntunedExponentialHasTheTimeConstantOfTheSecondMoment) {
  const WarmupCurve curve{.shape = WarmupShape::untuned_exponential, .rate = 0.05};
  EXPECT_NEAR(curve.factor(0, 139), 0.048770575499285984, 1e-15);
  EXPECT_NEAR(curve.factor(19, 139), 0.63212055882855767, 1e-15) << "1 - 1/e after 20 steps";
  EXPECT_EQ(own_length(curve), 139) << "20 ln(1000) = 138.2";
  EXPECT_LT(curve.factor(137, 139), 1 - kMissing);
  EXPECT_GE(curve.factor(138, 139), 1 - kMissing);
}

TEST(WarmupShape, MatchedMupBeginsAtOneOverTheMultiplierAndEndsByDecay) {
  WarmupCurve curve{
      .shape = WarmupShape::matched_mup, .first = WarmupFirst::zero, .start = 0.25, .rate = 1e-3};
  EXPECT_DOUBLE_EQ(curve.factor(0, 1), 0.25);
  // The recursion that it solves: w^2 = signal + excess, the excess shrinks by (1-rate)^2 a step.
  double excess = 15;
  for (int step = 0; step < 3000; ++step) {
    EXPECT_NEAR(curve.factor(step, 1), 1 / std::sqrt(1 + excess), 1e-12) << step;
    excess *= (1 - 1e-3) * (1 - 1e-3);
  }
  const auto length = static_cast<int64_t>(own_length(curve));
  EXPECT_GE(curve.factor(length, 1), 1 - kMissing);
  EXPECT_LT(curve.factor(length - 1, 1), 1 - kMissing);
  curve.start = 0.9999;
  EXPECT_EQ(own_length(curve), 0) << "nothing worth a step is missing";
}

}  // namespace
}  // namespace coldstart::schedule
