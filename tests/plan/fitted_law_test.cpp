#include "coldstart/plan/fitted_law.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/law_runs.h"

namespace coldstart::plan {
namespace {

TEST(FittedLaw, TheAnnealingLawIsFoundWhereItIsTrue) {
  const std::vector<RunCurve> curves = good_design();
  const FittedLaw fit = fit_annealing(curves, 0.999, 0.1);
  EXPECT_NEAR(fit.annealing.floor, kLaw.floor, 0.01);
  EXPECT_NEAR(fit.annealing.alpha, kLaw.alpha, 0.01);
  EXPECT_NEAR(fit.annealing.C, kLaw.C, 0.01);
  const LrTrace target = LrTrace::of(cosine(72'000), 72'000);
  EXPECT_NEAR(fit.loss(target, 72'000), law_loss(target, 72'000), 1e-3);
  EXPECT_GT(fit_annealing(curves, 0.99, 0.1).objective, 10 * fit.objective)
      << "another lambda fits worse";
}

TEST(FittedLaw, OnlyDelaysThatTheRunsCanShowAreTried) {
  using testing::ElementsAre;
  const std::vector<RunCurve> curves = good_design();  // 128 steps apart, cooled for 4000
  EXPECT_THAT(lambdas_told_by(curves), ElementsAre(0.99, 0.995, 0.998, 0.999, 0.9995));
  // Cooled for 1000 steps: a delay of 2000 would go on promising for another thousand.
  const RunCurve brief = law_curve("brief", cooled(23'000, 24'000));
  EXPECT_THAT(lambdas_told_by({&brief, 1}), ElementsAre(0.99, 0.995, 0.998));
  RunCurve dense = brief;  // 20 steps apart, the last 400 of them cooled
  for (size_t i = 0; i < dense.step.size(); ++i)
    dense.step[i] = 23'400 - 20.0 * (186 - static_cast<double>(i));
  dense.last = dense.step.back();
  EXPECT_THAT(lambdas_told_by({&dense, 1}), ElementsAre(0.9, 0.95, 0.98, 0.99, 0.995));
  const RunCurve never = law_curve("trunk", trunk(24'000));
  EXPECT_EQ(lambdas_told_by({&never, 1}).size(), 1u) << "it does not matter";
}

// Another law than the true one is off by its form, not by its fit.
TEST(FittedLaw, TheMultiPowerLawComesClose) {
  const FittedLaw fit = fit_multi_power(good_design(), 0.1);
  const LrTrace target = LrTrace::of(cosine(72'000), 72'000);
  EXPECT_NEAR(fit.loss(target, 72'000) / law_loss(target, 72'000), 1, 0.015);
  EXPECT_LT(fit.statistics.spread, 5e-3);
}

TEST(FittedLaw, TheStandardErrorOfAGainGrowsWithTheNoise) {
  const LrTrace a = LrTrace::of(trunk(24'000), 24'000), b = LrTrace::of(trunk(48'000), 48'000);
  const auto se = [&](double noise) {
    const RunCurve curve = law_curve("trunk", trunk(24'000), noise);
    return fit_annealing({&curve, 1}, 0.999, 0.1).gain_se(a, 24'000, b, 48'000);
  };
  EXPECT_LT(se(1e-4), se(1e-3));
  EXPECT_GT(se(1e-3), 1e-4);
}

TEST(FittedLaw, TooFewPointsAreRefused) {
  const std::vector<RunCurve> curves = {head(law_curve("trunk", trunk(24'000)), 3'200)};
  EXPECT_THROW(fit_annealing(curves, 0.999, 0.1), DataError);
}

}  // namespace
}  // namespace coldstart::plan
