#include "coldstart/plan/objective.h"

#include <gtest/gtest.h>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

Trial with_values(std::vector<double> values) {
  Trial trial;
  trial.state = TrialState::finished;
  trial.planned_steps = static_cast<int64_t>(values.size());
  for (int64_t i = 1; i <= std::ssize(values); ++i) trial.evals.step.push_back(i);
  trial.evals.val = std::move(values);
  return trial;
}

// CK-01, ME-02: the minimum in the middle counts, not the last value.
TEST(Objective, ME02_IsTheBestValueOverTraining) {
  const Trial trial = with_values({4, 2, 3, 5, 6, 7});
  EXPECT_EQ(objective_of(trial)->value, 2);
  EXPECT_EQ(objective_of(trial)->step, 2);
}

// The same curves, judged anew.
TEST(Objective, QR02_CanBeChangedAfterwards) {
  const Study study =
      simulated_study({with_values({4, 2, 3, 5, 6, 7}), with_values({4, 3, 3, 3, 3, 3})}, 6);
  EXPECT_EQ(ranked_trials(study).front().trial, 0u);
  EXPECT_EQ(ranked_trials(study, Objective::final).front().trial, 1u);
  EXPECT_EQ(ranked_trials(study, Objective::last_mean).front().value, 3);
  EXPECT_EQ(ranked_trials(study, Objective::last_mean).back().value, 4.6);
}

TEST(Objective, OnlyFinishedFeasibleTrialsOfTheStudysLengthAreRanked) {
  Study study = simulated_study({with_values({1, 2}), with_values({1, 2}), with_values({1, 2, 3}),
                                 with_values({NAN, NAN}), with_values({3, 2})},
                                2);
  study.trials[0].state = TrialState::infeasible;
  study.trials[1].state = TrialState::stopped;
  const auto ranked = ranked_trials(study);
  ASSERT_EQ(ranked.size(), 1u);
  EXPECT_EQ(ranked[0].trial, 4u);
}

TEST(Objective, TheLengthOfAStudyIsItsOwnOrTheCommonest) {
  Study study =
      simulated_study({with_values({1, 2}), with_values({1, 2}), with_values({1, 2, 3})}, 0);
  EXPECT_EQ(study_length(study), 2);
  study.max_steps = 3;
  EXPECT_EQ(study_length(study), 3);
  EXPECT_EQ(study_length({}), 0);
}

TEST(Objective, TheTopQuartileHasThreeTrialsAtLeast) {
  std::vector<Trial> trials;
  for (int i = 0; i < 17; ++i) trials.push_back(with_values({double(i), 9}));
  EXPECT_EQ(top_quartile(ranked_trials(simulated_study(trials, 2))).size(), 5u);
  trials.resize(4);
  EXPECT_EQ(top_quartile(ranked_trials(simulated_study(trials, 2))).size(), 3u);
  trials.resize(2);
  EXPECT_EQ(top_quartile(ranked_trials(simulated_study(trials, 2))).size(), 2u);
}

}  // namespace
}  // namespace coldstart::plan
