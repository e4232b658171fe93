#include "coldstart/plan/cooled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::plan {
namespace {

Trial with_losses(std::string name, std::vector<int64_t> steps, std::vector<double> val) {
  Trial t;
  t.name = std::move(name);
  t.state = TrialState::finished;
  t.evals.step = std::move(steps);
  t.evals.val = std::move(val);
  return t;
}

const Trial kTrunk = with_losses("trunk", {0, 100, 200}, {5, 3.0, 2.9});

TEST(CooledSX05, TheCooldownsGainIsToldApartFromTheTrunksOwn) {
  const Verdict v =
      judge_cooldown(kTrunk, with_losses("branch", {100, 110, 120}, {3.0, 2.8, 2.75}), 100);
  EXPECT_EQ(v.label, "COOLED");
  ASSERT_EQ(v.evidence.size(), 3u);
  EXPECT_DOUBLE_EQ(v.evidence[0].value.mid, 2.75);
  EXPECT_NEAR(v.evidence[1].value.mid, 0.25, 1e-12);
  EXPECT_DOUBLE_EQ(v.evidence[2].value.mid, 3.0) << "the trunk's last evaluation before step 120";
  EXPECT_THAT(v.next, testing::ElementsAre("coldstart steps predict trunk branch --at 3x"));
}

TEST(Cooled, ATrunkThatStoppedEarlierSaysNothingOfTheEnd) {
  const Verdict v = judge_cooldown(kTrunk, with_losses("branch", {200, 250}, {2.9, 2.6}), 200);
  EXPECT_EQ(v.evidence.size(), 2u);
}

TEST(Cooled, ABranchThatDivergesIsUnstable) {
  Trial branch = with_losses("branch", {100}, {3.0});
  branch.state = TrialState::infeasible;
  branch.reason = Reason::nan;
  branch.note = "step 105: the loss is nan";
  const Verdict v = judge_cooldown(kTrunk, branch, 100);
  EXPECT_EQ(v.label, "UNSTABLE");
  EXPECT_EQ(v.standing, Standing::unstable);
  EXPECT_THAT(v.text, testing::HasSubstr("step 105"));
}

TEST(Cooled, OneEvaluationIsNotEnough) {
  EXPECT_EQ(judge_cooldown(kTrunk, with_losses("branch", {100}, {3.0}), 100).standing,
            Standing::insufficient);
}

}  // namespace
}  // namespace coldstart::plan
