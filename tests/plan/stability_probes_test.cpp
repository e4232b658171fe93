#include "coldstart/plan/stability_probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::plan {
namespace {

using testing::Contains;
using testing::HasSubstr;

// A calm sweep whose best rate is 0.01.
SweepReport calm_sweep() {
  return judge_lr_sweep(
      {{.lr = 0.003, .loss = 2.1}, {.lr = 0.01, .loss = 2.0}, {.lr = 0.03, .loss = 2.2}});
}

// 200 steps of a falling loss, with a rise of 2 nats over [from, to).
Trial run_with_rise(int64_t from, int64_t to) {
  Trial t;
  t.name = "early";
  t.state = TrialState::finished;
  t.planned_steps = 200;
  t.schedule = schedule::Schedule{.hold = 200, .base = 0.02};
  for (int64_t step = 1; step <= 200; ++step) {
    const double calm = 3 - 0.005 * static_cast<double>(step) + (step % 2 == 0 ? 0.01 : -0.01);
    t.steps.step.push_back(step);
    t.steps.loss.push_back(calm + (step >= from && step < to ? 2 : 0));
    t.steps.lr.push_back(0.02);
  }
  return t;
}

TEST(StabilityProbesST04, ARiseAtAMultipleOfTheBestRateIsReported) {
  SweepReport report = calm_sweep();
  ASSERT_EQ(report.verdict.label, "KEEP");
  add_probes(report, {{.lr = 0.1, .infeasible = true}, {.lr = 0.05, .any_spike = true}});
  EXPECT_EQ(report.verdict.rule, "ST-04");
  EXPECT_EQ(report.verdict.label, "UNSTABLE_ABOVE_BEST");
  EXPECT_EQ(report.verdict.standing, Standing::unstable);
  EXPECT_THAT(report.verdict.chart, HasSubstr("10 times the best rate: does not train"));
}

TEST(StabilityProbesST09, TheUnstableRateIsTheLowestThatIsSeenUnstable) {
  SweepReport report = calm_sweep();
  add_probes(report, {{.lr = 0.1, .infeasible = true}, {.lr = 0.05, .sustained = true}});
  EXPECT_EQ(report.unstable_lr, 0.05);
  EXPECT_EQ(report.verdict.evidence[1].value.mid, 0.05);
}

TEST(StabilityProbes, CalmProbesLeaveTheVerdict) {
  SweepReport report = calm_sweep();
  add_probes(report, {{.lr = 0.1, .loss = 2.4}});
  EXPECT_EQ(report.verdict.label, "KEEP");
  EXPECT_TRUE(std::isnan(report.unstable_lr));
}

TEST(StabilityProbesST06, AShortEarlyRiseIsFoundAndSaysThatSparseEvaluationMissesIt) {
  const Verdict v = judge_early(run_with_rise(20, 26));
  EXPECT_EQ(v.label, "UNSTABLE_ABOVE_BEST");
  EXPECT_EQ(v.standing, Standing::unstable);
  EXPECT_THAT(v.warnings, Contains(HasSubstr("every 100 steps would not have seen it")));
  EXPECT_EQ(v.next.back(), remedies(true).back());
}

TEST(StabilityProbesST06, ARiseThatLastsIsSustainedAndACalmRunIsKept) {
  EXPECT_EQ(judge_early(run_with_rise(50, 201)).label, "SUSTAINED");
  EXPECT_EQ(judge_early(run_with_rise(0, 0)).label, "KEEP");
}

TEST(StabilityProbesST06, TheValidationLossIsLookedAtWhereEveryStepWasEvaluated) {
  Trial t = run_with_rise(0, 0);
  const Trial risen = run_with_rise(20, 26);
  t.evals.step = risen.steps.step;
  t.evals.val = risen.steps.loss;
  EXPECT_EQ(judge_early(t).label, "UNSTABLE_ABOVE_BEST");
}

TEST(StabilityProbes, ARunThatDivergesAtOnceSaysWhy) {
  Trial t = run_with_rise(0, 0);
  t.steps = {};
  t.state = TrialState::infeasible;
  t.note = "step 3: the loss is nan";
  const Verdict v = judge_early(t);
  EXPECT_EQ(v.label, "SUSTAINED");
  EXPECT_THAT(v.text, HasSubstr("step 3"));
}

}  // namespace
}  // namespace coldstart::plan
