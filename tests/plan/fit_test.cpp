#include "coldstart/plan/fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/random.h"

namespace coldstart::plan {
namespace {

// y = 2 + 3 x^-0.7 over x = 1..n
FitProblem power_law(int n, double noise = 0) {
  const Rng rng(1, Stream::test);
  FitProblem p;
  std::vector<double> x;
  for (int i = 1; i <= n; ++i) {
    x.push_back(i);
    p.y.push_back((2 + 3 * std::pow(i, -0.7)) * (1 + noise * rng.normal(static_cast<uint64_t>(i))));
    p.weight.push_back(1);
  }
  p.columns = 2;
  p.theta = {{.lo = 0.02, .hi = 2}};
  p.starts = {{0.3}};
  p.basis = [x](std::span<const double> theta, std::span<double> m) {
    for (size_t i = 0; i < x.size(); ++i) {
      m[2 * i] = 1;
      m[2 * i + 1] = std::pow(x[i], -theta[0]);
    }
  };
  return p;
}

TEST(Fit, FindsTheParametersOfExactData) {
  const FitResult r = fit(power_law(100));
  EXPECT_NEAR(r.theta[0], 0.7, 1e-3);
  EXPECT_NEAR(r.linear[0], 2, 1e-3);
  EXPECT_NEAR(r.linear[1], 3, 1e-3);
  EXPECT_LT(r.objective, 1e-9);
}

TEST(Fit, ASpikeDoesNotMoveIt) {
  FitProblem p = power_law(100, 1e-3);
  for (const size_t i : {40u, 41u, 42u}) p.y[i] *= 1.5;
  const FitResult r = fit(p);
  EXPECT_NEAR(r.linear[0], 2, 0.03);
  EXPECT_LT(statistics(p, r).spread, 2.5e-3) << "and does not count as scatter";
}

TEST(Fit, EqualInputGivesEqualOutput) {
  const FitProblem p = power_law(60, 1e-2);
  const FitResult a = fit(p), b = fit(p);
  EXPECT_EQ(a.theta, b.theta);
  EXPECT_EQ(a.linear, b.linear);
}

TEST(Fit, CoefficientsAreNeverNegative) {
  FitProblem p = power_law(50);
  for (size_t i = 0; i < p.y.size(); ++i) p.y[i] = 1 + 0.01 * static_cast<double>(i);  // rises
  const FitResult r = fit(p);
  EXPECT_EQ(r.linear[1], 0);
  EXPECT_GT(r.linear[0], 1);
}

TEST(Fit, StandardErrorsAreThoseOfRepeatedData) {
  // 200 draws of the noise: the spread of the estimates against the one that is claimed.
  double sum = 0, squares = 0, claimed = 0;
  constexpr int kDraws = 200;
  for (int draw = 0; draw < kDraws; ++draw) {
    FitProblem p = power_law(60);
    const Rng rng(static_cast<uint64_t>(draw), Stream::test, 7);
    for (size_t i = 0; i < p.y.size(); ++i) p.y[i] *= 1 + 2e-3 * rng.normal(i);
    const FitResult r = fit(p);
    sum += r.linear[0];
    squares += r.linear[0] * r.linear[0];
    claimed += std::sqrt(statistics(p, r).covariance[1 * 3 + 1]);
  }
  const double sd = std::sqrt(squares / kDraws - sum / kDraws * (sum / kDraws));
  EXPECT_NEAR(claimed / kDraws / sd, 1, 0.35);
}

TEST(Fit, ColumnsThatCannotBeToldApartShowInTheConditionNumber) {
  FitProblem p = power_law(50, 1e-3);
  EXPECT_LT(statistics(p, fit(p)).condition, 1e5);
  p.columns = 3;
  p.basis = [](std::span<const double> theta, std::span<double> m) {
    for (size_t i = 0; i < 50; ++i) {
      const double x = std::pow(static_cast<double>(i + 1), -theta[0]);
      m[3 * i] = 1, m[3 * i + 1] = x, m[3 * i + 2] = 0;
    }
  };
  EXPECT_EQ(statistics(p, fit(p)).condition, INFINITY);
}

TEST(Fit, BadDataAreRefused) {
  FitProblem p = power_law(100);
  p.y[3] = NAN;
  EXPECT_THROW(fit(p), DataError);
  p.y[3] = -1;
  EXPECT_THROW(fit(p), DataError);
  EXPECT_THROW(fit(power_law(3)), DataError) << "as many points as parameters";
}

}  // namespace
}  // namespace coldstart::plan
