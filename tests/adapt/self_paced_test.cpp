#include "coldstart/adapt/self_paced.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::adapt {
namespace {

using testing::ElementsAre;

// One micro-batch of sequences of two tokens with these mean losses; which of them count.
std::vector<int> counted(SelfPaced& rule, const std::vector<double>& means, bool last) {
  std::vector<double> losses;
  std::vector<int32_t> targets;
  for (const double mean : means) {
    losses.insert(losses.end(), {mean - 0.5, mean + 0.5});
    targets.insert(targets.end(), {7, 8});
  }
  const auto chosen = rule.choose(Tensor(losses.data(), DType::f64, {std::ssize(losses)}), targets,
                                  std::ssize(means), last);
  std::vector<int> result;
  for (size_t b = 0; b < means.size(); ++b) {
    EXPECT_EQ(chosen[2 * b] == -1, chosen[2 * b + 1] == -1) << "a sequence counts as a whole";
    if (chosen[2 * b] != -1) {
      EXPECT_EQ(chosen[2 * b], 7);
      EXPECT_EQ(chosen[2 * b + 1], 8);
    }
    result.push_back(chosen[2 * b] != -1);
  }
  return result;
}

TEST(SelfPaced, CountsWhatIsBelowTheQuantileOfTheSequencesSeenLast) {
  SelfPaced rule(5);
  rule.begin_step(0.5);
  EXPECT_THAT(counted(rule, {1, 2, 3}, false), ElementsAre(1, 1, 1)) << "nothing is known yet";
  EXPECT_THAT(counted(rule, {4, 5}, true), ElementsAre(1, 1));
  EXPECT_TRUE(std::isinf(rule.threshold()));
  rule.begin_step(0.5);
  EXPECT_EQ(rule.threshold(), 3) << "the mean, and the median of -2 .. 2";
  EXPECT_THAT(counted(rule, {2.9, 3, 3.1}, false), ElementsAre(1, 0, 0));
  EXPECT_THAT(counted(rule, {0.25, 9}, true), ElementsAre(1, 0));
  EXPECT_DOUBLE_EQ(rule.counted_share(), 0.4);
  const double mean = (2.9 + 3 + 3.1 + 0.25 + 9) / 5;
  EXPECT_NEAR(rule.state().mean, mean, 1e-12);
  ASSERT_EQ(rule.state().deviations.size(), 5u) << "only the last five";
  EXPECT_NEAR(rule.state().deviations[4], 9 - mean, 1e-12);
}

TEST(SelfPaced, AStepNeverCountsNothing) {
  SelfPaced rule(8);
  rule.restore({.mean = 1, .deviations = {0, 0, 0, 0}});
  rule.begin_step(0.5);
  EXPECT_THAT(counted(rule, {2, 3}, false), ElementsAre(0, 0));
  EXPECT_THAT(counted(rule, {5, 4}, true), ElementsAre(0, 1)) << "the easiest of the last ones";
  EXPECT_DOUBLE_EQ(rule.counted_share(), 0.25);
  rule.begin_step(0.5);
  EXPECT_EQ(rule.threshold(), 3.5);
  EXPECT_THAT(counted(rule, {0.5, 4}, false), ElementsAre(1, 0));
  EXPECT_THAT(counted(rule, {5, 4}, true), ElementsAre(0, 0)) << "one has counted";
}

// With losses that fall from step to step the same share counts.
TEST(SelfPaced, FollowsALossThatFalls) {
  SelfPaced rule(100);
  for (int step = 0; step < 30; ++step) {
    rule.begin_step(0.5);
    std::vector<double> losses;
    for (int i = 0; i < 10; ++i) losses.push_back(6 - 0.02 * step + 0.1 * i);
    counted(rule, losses, true);
    if (step > 0) {
      EXPECT_NEAR(rule.counted_share(), 0.5, 0.11) << step;
    }
  }
}

TEST(SelfPaced, AtTheEndOfThePaceEverythingCountsAndNothingIsKept) {
  SelfPaced rule(8);
  rule.restore({.mean = 2, .deviations = {-1, 0, 1}});
  rule.begin_step(1);
  EXPECT_FALSE(rule.chooses());
  EXPECT_EQ(rule.state(), SelfPaced::State());
  EXPECT_EQ(rule.counted_share(), 1);
}

}  // namespace
}  // namespace coldstart::adapt
