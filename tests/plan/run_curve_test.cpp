// Bad input of the planner, item by item: a fit is refused before it can mislead.
#include "coldstart/plan/run_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "coldstart/core/error.h"
#include "tests/plan/synthetic_curves.h"

namespace coldstart::plan {
namespace {

std::string refusal(const std::function<void(Trial&)>& spoil) {
  Trial t = synthetic_trial({});
  spoil(t);
  try {
    run_curve(t);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(RunCurve, HasTheRecordsTheRatesAndTheEnd) {
  const Trial t = synthetic_trial({});
  const RunCurve c = run_curve(t);
  EXPECT_EQ(c.step.size(), 100u);
  EXPECT_EQ(c.last, 20'000);
  EXPECT_EQ(c.warmup, 400);
  EXPECT_NEAR(c.final_loss, (t.evals.val[97] + t.evals.val[98] + t.evals.val[99]) / 3, 1e-12);
  EXPECT_EQ(c.final_step, 19'800);
  const RunCurve half = head(c, 10'000);
  EXPECT_EQ(half.last, 10'000);
  EXPECT_EQ(half.rates.last_step(), 20'000);
}

TEST(RunCurve, ALongOneIsAveragedOverBlocks) {
  const Trial t = synthetic_trial({.evals = 10'000});
  const RunCurve c = run_curve(t);
  EXPECT_EQ(c.step.size(), kMaxCurvePoints);
  EXPECT_EQ(c.last, 20'000);
}

TEST(RunCurveBadInput, StepsThatGoBackOrRepeat) {
  EXPECT_THAT(refusal([](Trial& t) { t.evals.step[50] = t.evals.step[10]; }),
              testing::HasSubstr("comes after"));
  EXPECT_THAT(refusal([](Trial& t) { t.evals.step[50] = t.evals.step[49]; }),
              testing::HasSubstr("comes after"));
}

TEST(RunCurveBadInput, AFewMissingValuesAreLeftOutManyAreNot) {
  EXPECT_EQ(refusal([](Trial& t) { t.evals.val[50] = NAN; }), "");
  EXPECT_THAT(refusal([](Trial& t) {
                for (size_t i = 30; i < 60; ++i) t.evals.val[i] = NAN;
              }),
              testing::HasSubstr("30 of 100"));
}

TEST(RunCurveBadInput, TenEvaluations) {
  Trial t = synthetic_trial({.evals = 10});
  EXPECT_THROW(run_curve(t), DataError);
}

TEST(RunCurveBadInput, AConstantCurveAMetricThatIsNoLossAndMissingColumns) {
  EXPECT_THAT(refusal([](Trial& t) { t.evals.val.assign(100, 2.5); }),
              testing::HasSubstr("throughout"));
  EXPECT_THAT(refusal([](Trial& t) { t.evals.val[0] = -0.9; }), testing::HasSubstr("above 0"));
  EXPECT_THAT(refusal([](Trial& t) { t.evals.val.clear(); }), testing::HasSubstr("no validation"));
  EXPECT_THAT(refusal([](Trial& t) { t.schedule.reset(); }),
              testing::HasSubstr("no learning rate"));
}

TEST(RunCurveBadInput, MixedUnitsARateOfZeroAndWhatIsNoLoss) {
  EXPECT_THAT(refusal([](Trial& t) {
                for (size_t i = 50; i < 100; ++i) t.evals.step[i] *= 4096;
              }),
              testing::HasSubstr("two units"));
  EXPECT_THAT(refusal([](Trial& t) { t.evals.val[3] = 1e300; }), testing::HasSubstr("no loss"));
  EXPECT_THAT(refusal([](Trial& t) {
                t.schedule.reset();
                t.steps.step = {1, 100};
                t.steps.lr = {0, 0};
              }),
              testing::HasSubstr("0 throughout"));
}

TEST(RunCurveBadInput, InfeasibleTrialsAndInterventions) {
  EXPECT_THAT(refusal([](Trial& t) { t.state = TrialState::infeasible; }),
              testing::HasSubstr("infeasible"));
  EXPECT_THAT(refusal([](Trial& t) { t.intervention = true; }), testing::HasSubstr("by hand"));
}

}  // namespace
}  // namespace coldstart::plan
