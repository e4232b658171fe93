// All verdicts of a large study, for their time and memory:
//   /usr/bin/time -v build/coldstart_tests --gtest_filter='SlowVerdicts.*'
// 1,000 trials, each with 10,000 step records and 1,000 evaluations. No time is asserted.
#include <gtest/gtest.h>

#include <ctime>

#include "coldstart/plan/best_step.h"
#include "coldstart/plan/checklist.h"
#include "coldstart/plan/classify.h"
#include "coldstart/plan/isolation.h"
#include "coldstart/plan/lint.h"
#include "coldstart/plan/stability.h"
#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

TEST(SlowVerdicts, OfAThousandTrialsOfTenThousandRecords) {
  Study study = simulated_study({}, 10'000);
  study.space = {unit_hparam("a"), unit_hparam("b"), unit_hparam("c")};
  study.space[2].role = Role::scientific;
  const Rng rng(1, Stream::test);
  for (uint64_t i = 0; i < 1000; ++i) {
    const double a = rng.uniform(3 * i), cost = (a - 0.5) * (a - 0.5);
    Trial trial = simulated_trial(i, [=](double x) { return falling()(x) + cost; },
                                  {.steps = 10'000, .evals = 1000});
    add_losses(trial, i, 10'000, falling());
    trial.evals.train = trial.evals.val;
    trial.schedule = schedule::Schedule{.hold = 10'000, .base = 1e-3};
    trial.values = {{"a", fmt::format("{}", a)},
                    {"b", fmt::format("{}", rng.uniform(3 * i + 1))},
                    {"c", fmt::format("{}", rng.uniform(3 * i + 2))}};
    study.trials.push_back(std::move(trial));
  }
  const std::clock_t start = std::clock();
  mark_infeasible(study);
  const auto best = diagnose_best_steps(study);
  const auto checklist = run_checklist(study);
  const auto isolation = isolate_all(study);
  const auto design = lint_verdict(design_of(study));
  std::vector<TrialFindings> findings;
  for (const Trial& trial : study.trials) findings.push_back(findings_of(trial, 0.01));
  const StudyClass workload = classify_study(study, findings, {.sigma = 0.01});
  const double cpu_s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  fmt::print("all verdicts of 1,000 trials x 10,000 records: {:.2f} s of one core\n", cpu_s);
  EXPECT_EQ(best.trials.size(), 1000u);
  EXPECT_EQ(checklist.items.size(), 5u);
  EXPECT_EQ(isolation.size(), 1u);
  EXPECT_FALSE(design.label.empty());
  EXPECT_EQ(workload.classes.size(), 250u);
}

}  // namespace
}  // namespace coldstart::plan
