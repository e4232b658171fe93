#include "coldstart/metrics/formulas.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/metrics/small_model.h"

namespace coldstart::metrics {
namespace {

Measured measured(const Step& step) {
  return {.sums = step.sums(),
          .elements = std::ssize(step.w),
          .has_momentum = true,
          .momentum_decay = 0.9};
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double norm(const std::vector<double>& a) { return std::sqrt(dot(a, a)); }

TEST(Formulas, AreWhatTheDefinitionsSay) {
  const Step s = random_step(1, 50);
  const Measured x = measured(s);
  EXPECT_NEAR(update_l2(x), norm(s.dw), 1e-12);
  EXPECT_NEAR(relative_update(x).value(), norm(s.dw) / norm(s.w), 1e-12);
  EXPECT_NEAR(weight_norm(x), norm(s.w), 1e-12);
  EXPECT_NEAR(grad_norm(x), norm(s.g), 1e-12);
  EXPECT_NEAR(grad_momentum_cosine(x).value(), dot(s.g, s.m) / norm(s.g) / norm(s.m), 1e-12);
  EXPECT_NEAR(grad_weight_cosine(x).value(), dot(s.g, s.w) / norm(s.g) / norm(s.w), 1e-12);
  EXPECT_NEAR(momentum_cancellation(x).value(), 0.9 * dot(s.m, s.g) / (0.1 * dot(s.g, s.g)), 1e-9);
  EXPECT_EQ(zero_share(x), 0);
  std::vector<double> after = s.w;
  for (size_t i = 0; i < after.size(); ++i) after[i] += s.dw[i];
  const double cosine = dot(s.w, after) / norm(s.w) / norm(after);
  EXPECT_NEAR(angular_update(x).value(), std::acos(cosine), 1e-9);
}

TEST(Formulas, ClippingIsUndoneInTheGradientNorm) {
  Step s = random_step(2, 8);
  const double before = norm(s.g);
  for (double& g : s.g) g *= 0.25;
  Measured x = measured(s);
  x.clip = 0.25;
  EXPECT_NEAR(grad_norm(x), before, 1e-12);
}

// A plane is enough: turn a vector of length r by a known angle and stretch it.
Measured turned(double r, double angle, double stretch) {
  const double x = r * stretch * std::cos(angle), y = r * stretch * std::sin(angle);
  Step s{.w = {r, 0}, .dw = {x - r, y}, .g = {0, 0}, .m = {0, 0}, .u = {0, 0}};
  // x - r without the rounding of cos(angle) near 1
  s.dw[0] = r * (stretch - 1) - 2 * r * stretch * std::pow(std::sin(angle / 2), 2);
  return measured(s);
}

// The arc cosine in double is off by 1e-8 rad below 1e-8, in float by everything below 3e-4.
TEST(AngularUpdate, IsExactForTinyAngles) {
  for (const double angle : {1e-12, 1e-9, 1e-6, 3e-4, 0.01, 0.5, 1.5, 3.0}) {
    EXPECT_NEAR(angular_update(turned(1, angle, 1)).value() / angle, 1, 1e-9) << angle;
    EXPECT_NEAR(angular_update(turned(1e-3, angle, 1)).value() / angle, 1, 1e-9) << angle;
  }
}

TEST(AngularUpdate, SeesNoStretching) {
  for (const double angle : {1e-3, 0.1, 1.0}) {
    for (const double stretch : {0.5, 0.999, 1.001, 3.0}) {
      EXPECT_NEAR(angular_update(turned(2, angle, stretch)).value() / angle, 1, 1e-6)
          << angle << " " << stretch;
    }
  }
  EXPECT_NEAR(angular_update(turned(2, 0, 0.9)).value(), 0, 1e-7) << "decay alone turns nothing";
  EXPECT_NEAR(angular_update(turned(1, M_PI, 1)).value(), M_PI, 1e-6) << "backwards";
}

TEST(Formulas, TheClaimedUpdateIsNotTheMeasuredOne) {
  Measured x = measured(random_step(3, 5));
  x.claimed_sq = 4;
  EXPECT_EQ(claimed_update_l2(x), 2);
}

TEST(Formulas, WhatIsNotDefinedIsMissing) {
  Step s = random_step(4, 6);
  s.m.assign(6, 0);  // the first step
  EXPECT_FALSE(grad_momentum_cosine(measured(s)));
  EXPECT_FALSE(momentum_cancellation(measured(s)));
  s = random_step(4, 6);
  s.g.assign(6, 0);  // a token that the batch lacks
  EXPECT_FALSE(grad_momentum_cosine(measured(s)));
  EXPECT_FALSE(momentum_cancellation(measured(s)));
  EXPECT_FALSE(grad_weight_cosine(measured(s)));
  s = random_step(4, 6);
  s.w.assign(6, 0);
  EXPECT_FALSE(relative_update(measured(s)));
  EXPECT_FALSE(angular_update(measured(s)));
  EXPECT_FALSE(grad_weight_cosine(measured(s)));
  s = random_step(4, 6);
  for (size_t i = 0; i < 6; ++i) s.dw[i] = -s.w[i];  // to the origin, which has no direction
  EXPECT_FALSE(angular_update(measured(s)));
  Measured x = measured(random_step(4, 6));
  x.has_momentum = false;
  EXPECT_FALSE(grad_momentum_cosine(x));
  EXPECT_FALSE(momentum_cancellation(x));
  x.has_momentum = true;
  x.momentum_decay = 0;
  EXPECT_FALSE(momentum_cancellation(x)) << "there is no momentum to cancel with";
  x.momentum_decay = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(momentum_cancellation(x)) << "the group's parameters differ";
}

// warmup_first = zero: the first step has a rate of 0.
TEST(Formulas, AStepOfNothingIsZeroAndNotMissing) {
  Step s = random_step(5, 6);
  s.dw.assign(6, 0);
  EXPECT_EQ(update_l2(measured(s)), 0);
  EXPECT_EQ(angular_update(measured(s)), 0);
  EXPECT_EQ(relative_update(measured(s)), 0);
}

TEST(Formulas, NotANumberGivesNoAngle) {
  Step s = random_step(6, 6);
  s.dw[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(angular_update(measured(s)));
}

TEST(ZeroShare, CountsDirectionsOfZero) {
  Step s = random_step(7, 8);
  s.u[1] = s.u[5] = 0;
  EXPECT_EQ(zero_share(measured(s)), 0.25);
}

}  // namespace
}  // namespace coldstart::metrics
