#include "coldstart/plan/curve_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

double bend(double x) { return x < 0.4 ? 4 - 1.5 * x / 0.4 : 2.5 + 0.5 * (x - 0.4) / 0.6; }

TEST(CurveChecks, EV01_UnevenIntervalsAreSeen) {
  Trial trial = simulated_trial(1, falling());
  EXPECT_FALSE(irregular_evaluations(trial));
  trial.evals.step.back() -= 3;  // where the run ended
  EXPECT_FALSE(irregular_evaluations(trial));
  for (size_t i = 0; i < 60; ++i) trial.evals.step[i] += i % 2 == 0 ? 2 : 0;
  EXPECT_EQ(irregular_evaluations(trial)->code, "W-EVAL-IRREGULAR");
}

TEST(CurveChecks, APeriodOfAnEpochIsCalledSo) {
  Trial trial = simulated_trial(
      1, [](double x) { return falling()(x) + 0.05 * std::sin(2 * std::numbers::pi * 10 * x); },
      {.evals = 200});
  EXPECT_THAT(periodic_validation(trial)->text, Not(HasSubstr("an epoch")));
  trial.unique_tokens = 100'000;
  trial.conditions.batch_tokens = 1000;
  EXPECT_THAT(periodic_validation(trial)->text, HasSubstr("(an epoch)"));
}

TEST(CurveChecks, CU07_ARisingTrainingLossIsFound) {
  Trial probe = simulated_trial(1, falling());
  const Trial values =
      simulated_trial(5, [](double x) { return x < 0.5 ? 3.5 - x : 3 + 0.4 * (x - 0.5); });
  probe.evals.train = values.evals.val;
  ASSERT_TRUE(rising_training(probe));
  EXPECT_EQ(rising_training(probe)->code, "W-TRAIN-RISING");

  Trial calm = simulated_trial(1, falling());
  calm.evals.train = simulated_trial(6, falling()).evals.val;
  EXPECT_FALSE(rising_training(calm));
  calm.evals.train = simulated_trial(7, plateau(0.2)).evals.val;
  EXPECT_FALSE(rising_training(calm));
}

TEST(CurveChecks, CU04_ALuckyStepIsWarnedOfWithItsRemedies) {
  Study close = simulated_study({simulated_trial(1, plateau(0.5), {.noise = 0.05}),
                                 simulated_trial(2, plateau(0.5), {.noise = 0.05})});
  EXPECT_THAT(lucky_step(close)->text, HasSubstr("larger batch"));
  Study apart = close;
  for (double& val : apart.trials[0].evals.val) val += 1;
  EXPECT_FALSE(lucky_step(apart));
  EXPECT_FALSE(lucky_step(simulated_study({close.trials[0]})));
}

Trial overfitting_trial(uint64_t seed) {
  Trial trial = simulated_trial(seed, bend);
  trial.evals.train = simulated_trial(seed + 50, [](double x) { return 4 - 3 * x; }).evals.val;
  return trial;
}

TEST(CurveChecks, CU02_OnlyWhereRegularisationIsNotAskedAboutItIsAdvised) {
  Study study = simulated_study({overfitting_trial(1), overfitting_trial(2)});
  const auto findings = overfitting_trials(study, fits_of(study, 0.01));
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_THAT(findings[0].text, HasSubstr("the best trial"));
  EXPECT_THAT(findings[0].text, HasSubstr("tune regularisation"));
  study.space = {
      {.name = "dropout", .kind = Kind::dropout, .role = Role::scientific, .lo = 0, .hi = 1}};
  EXPECT_THAT(overfitting_trials(study, fits_of(study, 0.01))[0].text,
              Not(HasSubstr("tune regularisation")));
}

TEST(CurveChecks, CU03_AValueThatWinsByHinderingTrainingIsNamed) {
  // The small rate fits less and does not overfit; the large one does.
  const HParam lr{
      .name = "lr", .role = Role::nuisance, .scale = Scale::choice, .choices = {"s", "l"}};
  Study study = simulated_study({});
  study.space = {lr};
  for (uint64_t i = 0; i < 4; ++i) {
    Trial small = simulated_trial(10 + i, [](double x) { return 4 - 1.6 * x; });
    small.evals.train = simulated_trial(60 + i, [](double x) { return 4 - 1.8 * x; }).evals.val;
    small.values["lr"] = "s";
    study.trials.push_back(small);
    study.trials.push_back(overfitting_trial(20 + i));
    study.trials.back().values["lr"] = "l";
  }
  const auto finding = hobbled(study, lr, fits_of(study, 0.01));
  ASSERT_TRUE(finding);
  EXPECT_THAT(finding->text, StartsWith("lr = s does best"));
  // Without the overfitting it is simply better.
  for (Trial& trial : study.trials)
    if (trial.values["lr"] == "l")
      trial.evals.val = simulated_trial(3, [](double x) { return 4 - x; }).evals.val;
  EXPECT_FALSE(hobbled(study, lr, fits_of(study, 0.01)));
}

TEST(CurveChecks, CU01_TheBestTrialsAreLookedAt) {
  Study study = simulated_study({});
  for (uint64_t i = 0; i < 6; ++i) study.trials.push_back(simulated_trial(i, falling()));
  // The irregular trial is looked at only when it is among the best.
  for (size_t i = 0; i < 60; ++i) study.trials[5].evals.step[i] += i % 2 == 0 ? 2 : 0;
  for (double& val : study.trials[5].evals.val) val += 1;
  const auto codes = [&] {
    std::vector<std::string> list;
    for (const CurveFinding& finding : check_curves(study)) list.push_back(finding.code);
    return list;
  };
  EXPECT_THAT(codes(), Not(Contains("W-EVAL-IRREGULAR")));
  for (double& val : study.trials[5].evals.val) val -= 2;
  EXPECT_THAT(codes(), Contains("W-EVAL-IRREGULAR"));
  EXPECT_EQ(curves_verdict({}).label, "KEEP");
  EXPECT_THAT(curves_verdict(check_curves(study)).warnings,
              Contains(StartsWith("W-EVAL-IRREGULAR: ")));
}

}  // namespace
}  // namespace coldstart::plan
