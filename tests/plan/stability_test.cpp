#include "coldstart/plan/stability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

double base_loss(double x) { return 3 + std::exp(-8 * x); }

LrTrial good(double lr, double loss) { return {.lr = lr, .loss = loss}; }
LrTrial spiky(double lr, double loss) { return {.lr = lr, .loss = loss, .any_spike = true}; }
LrTrial failed(double lr) { return {.lr = lr, .infeasible = true}; }

TEST(Stability, ST03_RisesJustAboveTheBestRateAreNamed) {
  const auto report =
      judge_lr_sweep({good(1e-3, 3.2), good(3e-3, 3.0), spiky(1e-2, 3.4), failed(3e-2)});
  EXPECT_EQ(report.verdict.label, "UNSTABLE_ABOVE_BEST");
  EXPECT_EQ(report.best_lr, 3e-3);
  EXPECT_EQ(exit_code(report.verdict.standing), 5);
}

TEST(Stability, ST09_TheUnstableRateIsDerivedFromTheSweep) {
  EXPECT_EQ(judge_lr_sweep({good(1e-3, 3.2), good(3e-3, 3.0), spiky(1e-2, 3.4), failed(3e-2)})
                .unstable_lr,
            3e-2);
  LrTrial sustained = spiky(1e-2, 3.4);
  sustained.sustained = true;
  EXPECT_EQ(judge_lr_sweep({good(1e-3, 3.2), good(3e-3, 3.0), sustained, failed(3e-2)}).unstable_lr,
            1e-2);
}

TEST(Stability, ABestRateWhoseNeighbourFailsIsTheEdge) {
  const auto report = judge_lr_sweep({failed(1e-2), good(3e-3, 3.0), good(1e-3, 3.2)});
  EXPECT_EQ(report.verdict.label, "EDGE_OF_STABILITY");
}

TEST(Stability, LS06_ABestRateAtTheTopOfTheSweepIsRejected) {
  const auto report = judge_lr_sweep({good(1e-3, 3.2), good(3e-3, 3.0)});
  EXPECT_EQ(report.verdict.label, "REJECTED_BOUNDARY");
  EXPECT_EQ(report.verdict.standing, Standing::refused);
}

TEST(Stability, ACalmSweepIsKept) {
  const auto report = judge_lr_sweep({good(1e-3, 3.2), good(3e-3, 3.0), good(1e-2, 3.1)});
  EXPECT_EQ(report.verdict.label, "KEEP");
  EXPECT_TRUE(std::isnan(report.unstable_lr));
}

TEST(Stability, SweepsThatSayNothing) {
  EXPECT_EQ(judge_lr_sweep({}).verdict.label, "INSUFFICIENT");
  EXPECT_EQ(judge_lr_sweep({failed(1e-3), failed(1e-2)}).verdict.label, "INSUFFICIENT");
  EXPECT_EQ(judge_lr_sweep({good(1e-3, 3), failed(1e-2)}).verdict.label, "INSUFFICIENT");
  EXPECT_THROW(judge_lr_sweep({good(1e-3, 3), good(1e-3, 3.1)}), DataError);
  EXPECT_THROW(judge_lr_sweep({good(0, 3)}), DataError);
}

TEST(Stability, ATrialOfASweepKnowsItsSpikes) {
  Trial trial = simulated_trial(1, falling(), {.steps = 2000});
  add_losses(trial, 1, 2000, [](double x) { return base_loss(x) + (x > 0.5 && x < 0.51 ? 2 : 0); });
  const LrTrial calm_end = lr_trial(trial, 0.1);
  EXPECT_TRUE(calm_end.any_spike);
  EXPECT_FALSE(calm_end.infeasible);
  EXPECT_GT(calm_end.loss, 2.9);
  trial.steps.loss.back() = INFINITY;
  EXPECT_TRUE(lr_trial(trial, 0.1).infeasible);
}

TEST(Stability, ST04_TheProbesAreAtFiveAndTenTimesTheBestRate) {
  const auto probes = stability_probes(1e-3, 20'000);
  std::vector<double> rates;
  for (const ProbePlan& probe : probes) rates.push_back(probe.lr);
  EXPECT_THAT(rates, testing::ElementsAre(testing::DoubleEq(2e-3), testing::DoubleEq(5e-3),
                                          testing::DoubleEq(1e-2)));
}

// A spike of steps 5 to 30 that has healed: an evaluation every 100 steps cannot show it.
TEST(Stability, ST06_AnEarlySpikeIsSeenWhereSparseEvaluationsMissIt) {
  const ProbePlan plan = early_probe(1e-3);
  EXPECT_EQ(plan.lr, 2e-3);
  EXPECT_EQ(plan.steps, 500);
  EXPECT_EQ(plan.eval_every, 1);
  const auto loss = [](double x) {
    const double step = 500 * x;
    return 3 + 2 * std::exp(-step / 100) + (step > 5 && step <= 30 ? 3 : 0);
  };
  Trial trial;
  trial.planned_steps = 500;
  add_losses(trial, 1, 500, loss);
  const auto finding = stability_of(trial);
  ASSERT_TRUE(finding);
  EXPECT_TRUE(finding->early);
  EXPECT_LE(finding->spikes[0].last_step, 40);
  for (size_t step = 200; step <= 500; step += 100)
    EXPECT_LT(trial.steps.loss[step - 1], trial.steps.loss[step - 101] + 0.2);
}

TEST(Stability, ST07_ALowerRateIsTheLastRemedy) {
  const auto early = remedies(true), mid = remedies(false);
  EXPECT_THAT(early.front(), HasSubstr("warmup"));
  EXPECT_THAT(mid.front(), HasSubstr("clipping"));
  EXPECT_THAT(early.back(), HasSubstr("lower learning rate"));
  EXPECT_THAT(mid.back(), HasSubstr("lower learning rate"));
}

TEST(Stability, ST08_WhatCountsAsInfeasible) {
  Study study;
  study.max_steps = 1000;
  for (uint64_t i = 0; i < 8; ++i) {
    study.trials.push_back(simulated_trial(i, falling()));
    study.trials.back().vocab = 256;
  }
  EXPECT_FALSE(infeasible_because(study.trials[0], study));
  Trial guessing = simulated_trial(20, [](double) { return std::log(256.0); });
  guessing.vocab = 256;
  EXPECT_THAT(*infeasible_because(guessing, study), HasSubstr("guessing"));
  Trial high = simulated_trial(21, [](double) { return 4.5; });
  high.vocab = 256;
  EXPECT_THAT(*infeasible_because(high, study), HasSubstr("median"));
  Trial nan = simulated_trial(22, falling());
  nan.steps.step = {1, 2};
  nan.steps.loss = {3, NAN};
  EXPECT_THAT(*infeasible_because(nan, study), HasSubstr("not finite at step 2"));
  // Before 20 % of the steps a high loss is no sign yet.
  Trial young = simulated_trial(23, [](double) { return 9.0; }, {.steps = 100, .evals = 10});
  young.vocab = 256;
  EXPECT_FALSE(infeasible_because(young, study));

  study.trials.push_back(nan);
  study.trials.push_back(high);
  mark_infeasible(study);
  EXPECT_EQ(study.trials[8].reason, Reason::nan);
  EXPECT_EQ(study.trials[9].reason, Reason::diverged);
  EXPECT_TRUE(study.trials[0].feasible());
}

// Eleven trials that end close together, and others that end far above them.
TEST(Stability, ST08_ARunThatIsSlowAndFinishesIsNoFailure) {
  Study study;
  study.max_steps = 1000;
  for (uint64_t i = 0; i < 11; ++i) study.trials.push_back(simulated_trial(i, falling()));
  // A tenth of the rate: still on its way down.
  const Trial slow = simulated_trial(30, [](double x) { return 5.5 - 1.5 * x; });
  const Trial decaying = simulated_trial(31, [](double x) { return 4 + 1.5 * (1 - x) * (1 - x); });
  // Stuck on a plateau; blown up and falling again; never moved; rising.
  const Trial stuck = simulated_trial(32, [](double x) { return x < 0.2 ? 5.5 - 5 * x : 4.5; });
  const Trial back =
      simulated_trial(33, [](double x) { return x < 0.3 ? 5 - 4 * x : 6.5 - 2 * (x - 0.3); });
  const Trial still = simulated_trial(34, [](double) { return 5.5; });
  const Trial rising = simulated_trial(35, [](double x) { return 3.5 + x; });
  for (const Trial& trial : {slow, decaying, stuck, back, still, rising})
    study.trials.push_back(trial);
  EXPECT_FALSE(infeasible_because(slow, study)) << *infeasible_because(slow, study);
  EXPECT_FALSE(infeasible_because(decaying, study)) << *infeasible_because(decaying, study);
  for (const Trial& trial : {stuck, back, still, rising})
    EXPECT_TRUE(infeasible_because(trial, study)) << trial.name;
  mark_infeasible(study);
  EXPECT_EQ(study.trials[11].state, TrialState::finished);
  EXPECT_EQ(study.trials[13].state, TrialState::infeasible);
}

TEST(Stability, ST01_AnUnstableStudyGetsNoAdviceAboutItsLength) {
  Study study = simulated_study({}, 2000);
  for (uint64_t i = 0; i < 4; ++i) {
    study.trials.push_back(simulated_trial(i, falling(), {.steps = 2000}));
    add_losses(study.trials.back(), i, 2000, base_loss);
  }
  EXPECT_FALSE(unstable_first(study));
  study.trials[0].steps = {};
  add_losses(study.trials[0], 0, 2000, [](double x) { return base_loss(x) + (x > 0.9 ? 1 : 0); });
  // The trial with the rise has to be among the best ones.
  for (double& val : study.trials[0].evals.val) val -= 0.5;
  const auto verdict = unstable_first(study);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->label, "E-UNSTABLE-FIRST");
  EXPECT_EQ(exit_code(verdict->standing), 5);
  EXPECT_THAT(verdict->next.back(), HasSubstr("lower learning rate"));
}

}  // namespace
}  // namespace coldstart::plan
