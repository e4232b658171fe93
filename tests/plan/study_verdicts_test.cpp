#include "coldstart/plan/study_verdicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Twelve trials an optimizer; b is better by 0.3.
Study two_optimizers() {
  Study study = simulated_study({});
  study.space = {{.name = "optimizer",
                  .role = Role::scientific,
                  .scale = Scale::choice,
                  .choices = {"a", "b"}}};
  for (uint64_t i = 0; i < 24; ++i) {
    const double better = i % 2 == 0 ? 0 : 0.3;
    Trial trial =
        simulated_trial(i, [=](double x) { return falling()(x) - better; }, {.noise = 0.01});
    trial.values["optimizer"] = i % 2 == 0 ? "a" : "b";
    study.trials.push_back(std::move(trial));
  }
  return study;
}

std::vector<std::string> rules_of(const std::vector<Verdict>& verdicts) {
  std::vector<std::string> rules;
  for (const Verdict& verdict : verdicts) rules.push_back(verdict.rule);
  return rules;
}

const Verdict* with_rule(const std::vector<Verdict>& verdicts, std::string_view rule) {
  for (const Verdict& verdict : verdicts)
    if (verdict.rule == rule) return &verdict;
  return nullptr;
}

TEST(StudyVerdicts, TheChecklistComesFirstThenTheNoiseThenWhatIsConcluded) {
  const auto verdicts = study_verdicts(two_optimizers()).verdicts;
  ASSERT_GE(verdicts.size(), 4u);
  EXPECT_EQ(verdicts[0].rule, "SD-10");
  const Verdict* isolated = with_rule(verdicts, "IS-01");
  ASSERT_NE(isolated, nullptr);
  EXPECT_EQ(isolated->label, "BETTER") << isolated->text;
  EXPECT_THAT(isolated->tags, Contains("NOISE_LOWER_BOUND")) << "one seed each";
  const Verdict* noise = with_rule(verdicts, "AD-01");
  ASSERT_NE(noise, nullptr);
  EXPECT_THAT(noise->tags, Contains("NOISE_LOWER_BOUND"));
  EXPECT_LT(noise, isolated) << "what it is held against is said before";
  EXPECT_EQ(verdicts.back().rule, "AD-01") << "what the same search would find again";
  EXPECT_EQ(with_rule(verdicts, "SD-08"), nullptr) << "drawn evenly";
}

TEST(StudyVerdicts, AKnownNoiseNeedsNoTag) {
  Study study = two_optimizers();
  study.sigma = 0.01;
  study.sigma_n = 5;
  const auto verdicts = study_verdicts(study).verdicts;
  EXPECT_THAT(with_rule(verdicts, "IS-01")->tags, Not(Contains("NOISE_LOWER_BOUND")));
}

TEST(StudyVerdicts, WhereMostTrialsDoNotTrainNothingIsConcluded) {
  Study study = two_optimizers();
  for (size_t i = 0; i < 20; ++i) {
    study.trials[i].state = TrialState::infeasible;
    study.trials[i].reason = Reason::diverged;
  }
  const auto verdicts = study_verdicts(study).verdicts;
  EXPECT_EQ(verdicts[0].standing, Standing::refused);
  EXPECT_EQ(with_rule(verdicts, "IS-01"), nullptr);
  EXPECT_NE(with_rule(verdicts, "SD-11"), nullptr) << "and why";
}

TEST(StudyVerdicts, ValuesThatWereNotDrawnEvenlyAreNamed) {
  Study study = two_optimizers();
  for (size_t i = 0; i < 20; ++i) study.trials[i].values["optimizer"] = "a";
  const auto verdicts = study_verdicts(study).verdicts;
  ASSERT_NE(with_rule(verdicts, "SD-08"), nullptr);
}

TEST(StudyVerdicts, TheLengthAndWhatLimitsItAreJudged) {
  const auto verdicts = study_verdicts(two_optimizers()).verdicts;
  EXPECT_THAT(rules_of(verdicts), Contains(StartsWith("TD-1")));
  EXPECT_THAT(rules_of(verdicts), Contains(StartsWith("TD-0")));
}

// ST-01: an unstable study gets no advice on its length.
TEST(StudyVerdicts, InstabilityComesFirst) {
  Study study = two_optimizers();
  for (Trial& trial : study.trials) {
    trial.steps = {};
    for (int64_t step = 1; step <= 100; ++step) {
      trial.steps.step.push_back(step);
      trial.steps.loss.push_back(step > 60 ? 9 : 3 + 1.0 / static_cast<double>(step));
    }
  }
  const auto rules = rules_of(study_verdicts(study).verdicts);
  EXPECT_EQ(std::ranges::count(rules, "ST-01"), 1);
  EXPECT_THAT(rules, Not(Contains(StartsWith("TD-"))));
}

TEST(StudyVerdicts, ARuleThatCannotReadTheRecordsSaysWhy) {
  Study study = two_optimizers();
  study.space.push_back(
      {.name = "lr", .role = Role::nuisance, .scale = Scale::log, .lo = 0, .hi = 1});
  for (Trial& trial : study.trials) trial.values["lr"] = "0.1";
  const StudyVerdicts result = study_verdicts(study);
  ASSERT_THAT(rules_of(result.verdicts), ElementsAre("SD-10"));
  EXPECT_EQ(result.checklist.verdict.standing, Standing::insufficient);
  EXPECT_EQ(result.verdicts[0].label, "INSUFFICIENT");
  EXPECT_THAT(result.verdicts[0].text, HasSubstr("lr"));
}

TEST(StudyVerdicts, OfOneRunOnlyItsLengthIsAsked) {
  Study study = two_optimizers();
  study.space.clear();
  study.trials.resize(1);
  const auto verdicts = study_verdicts(study).verdicts;
  EXPECT_THAT(rules_of(verdicts), ElementsAre(StartsWith("TD-1"), StartsWith("TD-0")));
}

TEST(StudyVerdicts, OfNothingThereIsNoConclusion) {
  Study study;
  study.trials.resize(2);
  const StudyVerdicts result = study_verdicts(study);
  EXPECT_EQ(result.checklist.verdict.standing, Standing::insufficient);
  EXPECT_THAT(rules_of(result.verdicts), Not(Contains(StartsWith("TD-"))));
}

}  // namespace
}  // namespace coldstart::plan
