// Rows LS-01 to LS-06 of the design; section 6.7.
#include "coldstart/plan/lr_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

// Fits (training loss below 0.05) at step `hit`; 0: never. Evaluated every 100 steps up to 5,000.
Trial sweep_trial(double lr, int64_t hit) {
  Trial t;
  t.name = "lr " + std::to_string(lr);
  t.schedule = schedule::Schedule{.hold = 5000, .base = lr};
  t.state = TrialState::finished;
  for (int64_t step = 100; step <= 5000; step += 100) {
    t.evals.step.push_back(step);
    t.evals.train.push_back(hit > 0 && step >= hit ? 0.01 : 1);
  }
  return t;
}
Trial infeasible(double lr) {
  Trial t = sweep_trial(lr, 0);
  t.state = TrialState::infeasible;
  t.reason = Reason::nan;
  return t;
}
const LrSweepOptions kOptions{.fit = {.loss = 0.05}};

LrSweep judge(const std::vector<Trial>& trials, int extensions = 0) {
  LrSweepOptions options = kOptions;
  options.extensions = extensions;
  return judge_sweep(trials, options);
}

TEST(LrSweepLS04, TheFastestHitIsTheAnswerAndItsIntervalIsKnown) {
  const LrSweep s =
      judge({sweep_trial(1e-4, 4000), sweep_trial(3e-4, 1500), sweep_trial(1e-3, 2500)});
  EXPECT_EQ(s.verdict.label, "START");
  EXPECT_EQ(s.steps, 1500);
  EXPECT_EQ(s.before, 1400);
  EXPECT_EQ(s.best_lr, 3e-4);
  EXPECT_THAT(s.verdict.next, testing::Contains(testing::HasSubstr("more often")))
      << "known to 7 % only";
}

TEST(LrSweepLS04, AHitHasToLastForThreeEvaluations) {
  Trial lucky = sweep_trial(3e-4, 1500);
  lucky.evals.train[4] = lucky.evals.train[5] = 0.01;  // steps 500, 600
  const LrSweep s = judge({sweep_trial(1e-4, 4000), lucky, sweep_trial(1e-3, 2500)});
  EXPECT_EQ(s.steps, 1500);
}

TEST(LrSweepIC02, TheNumberComesWithWhatItCosts) {
  const LrSweep s =
      judge({sweep_trial(1e-4, 4000), sweep_trial(3e-4, 1500), sweep_trial(1e-3, 2500)});
  EXPECT_THAT(s.verdict.warnings, testing::Contains(testing::HasSubstr("hard to lower")));
}

TEST(LrSweepLS01, NoFitIsNoNumber) {
  const LrSweep s = judge({sweep_trial(1e-4, 0), sweep_trial(3e-4, 0), sweep_trial(1e-3, 0)});
  EXPECT_EQ(s.verdict.label, "NOT_FITTABLE");
  EXPECT_FALSE(s.steps);
  EXPECT_EQ(s.verdict.standing, Standing::refused);
  EXPECT_THAT(s.verdict.warnings, testing::Contains(testing::HasSubstr("W-REG-REGIME"))) << "R1-03";
}

TEST(LrSweepLS06, TheFastestAtAnEndAsksForAnotherRate) {
  const LrSweep top =
      judge({sweep_trial(1e-4, 4000), sweep_trial(3e-4, 2500), sweep_trial(1e-3, 1500)});
  EXPECT_EQ(top.verdict.label, "EXTEND");
  EXPECT_FALSE(top.steps);
  EXPECT_THAT(top.more, testing::ElementsAre(testing::DoubleNear(3.16e-3, 1e-5)));
  const LrSweep bottom =
      judge({sweep_trial(1e-4, 1500), sweep_trial(3e-4, 2500), sweep_trial(1e-3, 0)});
  EXPECT_THAT(bottom.more, testing::ElementsAre(testing::DoubleNear(3.16e-5, 1e-7)));
}

TEST(LrSweepLS05, AnOptimumThatStaysOutsideTheGridIsRejected) {
  const LrSweep s =
      judge({sweep_trial(1e-5, 4800), sweep_trial(3e-5, 4000), sweep_trial(1e-4, 3000)}, 4);
  EXPECT_EQ(s.verdict.label, "REJECTED_BOUNDARY");
  EXPECT_FALSE(s.steps);
}

TEST(LrSweepLS06, AnInfeasibleNeighbourAboveIsTheEdgeOfStability) {
  const LrSweep s = judge({sweep_trial(1e-4, 4000), sweep_trial(3e-4, 1500), infeasible(1e-3)});
  EXPECT_EQ(s.verdict.label, "EDGE_OF_STABILITY");
  EXPECT_EQ(s.steps, 1500);
  EXPECT_THAT(s.verdict.next, testing::Contains("coldstart warmup CONFIG"));
}

TEST(LrSweep, OfSeveralSeedsTheSlowestCounts) {
  const LrSweep s = judge({sweep_trial(1e-4, 4000), sweep_trial(3e-4, 1500),
                           sweep_trial(3e-4, 1900), sweep_trial(1e-3, 2500)});
  EXPECT_EQ(s.steps, 1900);
  EXPECT_EQ(s.rates.size(), 3u);
}

TEST(LrSweepBadInput, TooFewRatesNoFeasibleTrialAndNoTrainingLoss) {
  EXPECT_EQ(judge({sweep_trial(1e-4, 400)}).verdict.label, "INSUFFICIENT");
  EXPECT_EQ(judge({infeasible(1e-4), infeasible(3e-4), infeasible(1e-3)}).verdict.standing,
            Standing::insufficient);
  Trial blind = sweep_trial(1e-4, 400);
  blind.evals.train.clear();
  EXPECT_THROW(judge({blind}), DataError);
  Trial rateless = sweep_trial(1e-4, 400);
  rateless.schedule.reset();
  EXPECT_THROW(judge({rateless}), DataError);
}

TEST(LrSweepTD14, TheCriterionIsAThresholdAndNothingElse) {
  EXPECT_EQ(parse_fit("train_loss<0.05").loss, 0.05);
  EXPECT_EQ(parse_fit("train_loss <= 0.5").loss, 0.5);
  for (const char* bad : {"", "val_loss<1", "train_loss<", "train_loss<nan", "train_loss<-1",
                          "train_loss<0.05x", "stopped falling"})
    EXPECT_THROW(parse_fit(bad), ConfigError) << bad;
}

}  // namespace
}  // namespace coldstart::plan
