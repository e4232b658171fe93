#include "coldstart/report/checklist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/small_study.h"

namespace coldstart::report {
namespace {

using testing::HasSubstr;

std::vector<Check> checks(const Input& input) {
  return checks_of(input, plan::run_checklist(input.study));
}

TEST(ReportChecklist, AsksThoseOfThePlaybookAndTwoMore) {
  Input input = small_study();
  add_space(input);
  const std::vector<Check> found = checks(input);
  ASSERT_EQ(found.size(), 7u);
  EXPECT_EQ(found[0].answer, Answer::good) << "the best rate lies inside";
  EXPECT_EQ(found[0].details.at(0).rule, "SB-01");
  EXPECT_THAT(found[2].text, HasSubstr("4 of 32 trials are infeasible"));
  EXPECT_EQ(found[2].answer, Answer::good);
  EXPECT_EQ(found[5].answer, Answer::good) << "26 evaluations";
  EXPECT_EQ(found[6].answer, Answer::look) << "the noise is bounded from below only";
  for (plan::Trial& trial : input.study.trials) trial.state = plan::TrialState::infeasible;
  EXPECT_EQ(checks(input)[2].answer, Answer::look);
  EXPECT_EQ(checks(input)[0].answer, Answer::open) << "no trial to judge the edges by";
}

TEST(ReportChecklist, FewEvaluationsAreSeen) {
  Input input = small_study();
  for (plan::Trial& trial : input.study.trials) {
    trial.evals.step.resize(5);
    trial.evals.val.resize(5);
  }
  EXPECT_EQ(checks(input)[5].answer, Answer::look);
  EXPECT_THAT(checks(input)[5].text, HasSubstr("5 or more"));
}

TEST(ReportChecklist, ASingleRunIsNotAskedAboutManyTrials) {
  Input input = small_study();
  input.study.trials.resize(1);
  input.is_run = true;
  const std::vector<Check> found = checks(input);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_THAT(found[0].question, HasSubstr("optimization trouble"));
}

TEST(ReportChecklist, NamesWhatConclusionsAreValidFor) {
  Input input = small_study();
  input.study.space = {{.name = "model.layers", .role = plan::Role::fixed, .lo = 4, .hi = 4}};
  EXPECT_THAT(caveats(input, plan::run_checklist(input.study)),
              testing::ElementsAre("valid only at model.layers = 4", "runs of 100 steps",
                                   "batch 4096 tokens"));
}

}  // namespace
}  // namespace coldstart::report
