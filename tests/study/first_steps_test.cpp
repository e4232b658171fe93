// Rows LS-02 and LS-03 of the design; section 6.7.
#include "coldstart/study/first_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/study/run_in_process.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

using testing::Contains;
using testing::HasSubstr;

FirstStepsPlan plan_of(double fit) {
  return {.config = train::small_config("", 32), .fit = {.loss = fit}, .rates = {1e-3, 1e-1}};
}

TEST(FirstStepsLS03, TheSweepHasNothingThatHindersAFit) {
  train::RunConfig config = train::small_config("");
  config.schedule.warmup = 5;
  config.regularize.dropout = 0.1;
  config.regularize.label_smoothing = 0.1;
  config.optimizer.weight_decay = 0.3;
  config.plateau.plateau_patience = 3;
  const NoiseFree free = noise_free(config);
  EXPECT_EQ(free.config.schedule.shape, schedule::Shape::constant);
  EXPECT_EQ(free.config.schedule.warmup, Length());
  EXPECT_EQ(free.config.regularize.dropout, 0);
  EXPECT_EQ(free.config.regularize.label_smoothing, 0);
  EXPECT_EQ(free.config.optimizer.weight_decay.value(), 0);
  EXPECT_EQ(free.config.plateau.plateau_patience, 0);
  EXPECT_THAT(free.changes, Contains(HasSubstr("regularize.dropout: 0.1 -> 0")));
  EXPECT_THAT(free.changes, Contains(HasSubstr("schedule.shape")));
  EXPECT_THAT(free.changes, testing::Not(Contains(HasSubstr("model."))));
}

TEST(FirstStepsLS02, NIsFoundByDoublingAndTheSweepIsRunAtIt) {
  const data::TempDir temp;
  const FirstSteps found = find_first_steps(temp / "init", plan_of(2.85), run_in_process);
  EXPECT_EQ(found.exit_code, 0);
  ASSERT_TRUE(found.sweep.steps) << plan::text_of(found.sweep.verdict);
  EXPECT_GT(found.n, 8) << "8 steps, the first T, do not fit";
  EXPECT_LE(*found.sweep.steps, found.n);
  EXPECT_GE(found.sweep.rates.size(), 5u) << "all rates of the range";
  EXPECT_THAT(found.sweep.verdict.valid_for,
              Contains(HasSubstr(fmt::format("N = {} steps a trial, found by doubling", found.n))));
  EXPECT_THAT(found.sweep.verdict.warnings, Contains(HasSubstr("IC-02")));
  EXPECT_TRUE(StudyDirectory::holds_study(temp / "init" / "steps-8"));
}

TEST(FirstStepsLS02, AGivenNIsUsedAsItIs) {
  const data::TempDir temp;
  FirstStepsPlan plan = plan_of(4.4);
  plan.n = 32;
  const FirstSteps found = find_first_steps(temp / "init", plan, run_in_process);
  EXPECT_EQ(found.n, 32);
  EXPECT_FALSE(std::filesystem::exists(temp / "init" / "steps-8"));
}

TEST(FirstStepsLS01, NoFitWithinTheCapIsNoNumber) {
  const data::TempDir temp;
  FirstStepsPlan plan = plan_of(0.01);
  plan.cap = 16;
  const FirstSteps found = find_first_steps(temp / "init", plan, run_in_process);
  EXPECT_EQ(found.sweep.verdict.label, "NOT_FITTABLE");
  EXPECT_FALSE(found.sweep.steps);
  EXPECT_EQ(found.n, 16);
}

TEST(FirstStepsLS06, AFastestRateAtTheTopIsFollowedUpwards) {
  const data::TempDir temp;
  FirstStepsPlan plan = plan_of(4.4);
  plan.rates = {1e-4, 1.1e-3};  // far too low, all of them
  plan.n = 64;
  plan.fit.loss = 5.0;
  const FirstSteps found = find_first_steps(temp / "init", plan, run_in_process);
  EXPECT_GT(found.sweep.rates.size(), 3u);
  EXPECT_GT(found.sweep.rates.back().lr, 1.1e-3);
}

TEST(FirstSteps, AStudyThatWasStoppedEndsTheSearch) {
  const data::TempDir temp;
  const FirstSteps found =
      find_first_steps(temp / "init", plan_of(4.4), [](const StudyDirectory&) { return 130; });
  EXPECT_EQ(found.exit_code, 130);
}

}  // namespace
}  // namespace coldstart::study
