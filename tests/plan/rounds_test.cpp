// Rows CB-01 to CB-06, R2-01, SX-03, SX-04 of the design; section 6.4.
#include "coldstart/plan/rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

// Production: 100,000 steps in 10 hours; a budget of ten production runs.
RoundsQuestion question(double budget_h = 100) {
  return {
      .production = 100'000,
      .budget_h = budget_h,
      .hours_per_step = 1e-4,
      .space = {{.name = "lr", .kind = Kind::base_lr}, {.name = "wd", .kind = Kind::weight_decay}}};
}
std::vector<std::string> names(const RoundsPlan& plan) {
  std::vector<std::string> result;
  for (const Round& round : plan.rounds) result.push_back(round.name);
  return result;
}

TEST(RoundsCB06, TwoRoundsWithABridgeBetweenThem) {
  const RoundsPlan plan = plan_rounds(question());
  EXPECT_THAT(names(plan), testing::ElementsAre("round 1", "bridge", "round 2"));
  EXPECT_EQ(plan.rounds[0].max_steps, 10'000);
  EXPECT_EQ(plan.rounds[0].trials, 20) << "two hyperparameters";
  EXPECT_EQ(plan.rounds[1].max_steps, 20'000) << "CB-03";
  EXPECT_EQ(plan.rounds[1].trials, 2);
  EXPECT_EQ(plan.rounds[2].max_steps, 100'000);
  EXPECT_EQ(plan.rounds[2].trials, 3);
  EXPECT_THAT(plan.rounds[2].what[0], testing::HasSubstr("best configuration")) << "R2-01";
  EXPECT_LE(plan.hours, 100);
}

TEST(RoundsCB05, LaterRoundsSayWhatTheyTestAgain) {
  const RoundsPlan plan = plan_rounds(question());
  EXPECT_THAT(plan.rounds[2].retest, testing::Contains(testing::HasSubstr("lr (might")));
  EXPECT_FALSE(plan.rounds[1].retest.empty());
}

TEST(RoundsCB01, OnlyABudgetForFewerThanTwoShortTrialsExploresAtProductionLength) {
  const RoundsPlan poor = plan_rounds(question(10));
  EXPECT_NE(names(poor).front(), "round 2") << "four short trials fit 4 h";
  RoundsQuestion q = question(10);
  q.warmup = 10'000;  // five warmups: half of production, and 4 h pay none of it
  EXPECT_THAT(names(plan_rounds(q)), testing::ElementsAre("round 2"));
}

TEST(RoundsCB02, TheTradeBetweenNumberAndLengthIsShown) {
  const RoundsPlan plan = plan_rounds(question());
  EXPECT_EQ(plan.trade.front().trials, 200);
  EXPECT_EQ(plan.trade.back().trials, 10);
  EXPECT_EQ(plan.trade.front().comparability, "NOT_ESTABLISHED");
  EXPECT_EQ(plan.trade.back().comparability, "COMPARABLE");
}

TEST(RoundsCB03, WhatALengthIsWorthAtAnother) {
  EXPECT_EQ(length_comparability(100, 100, false), "COMPARABLE");
  EXPECT_EQ(length_comparability(100, 125, false), "NEARLY");
  EXPECT_EQ(length_comparability(10'000, 20'000, false), "TENTATIVE");
  EXPECT_EQ(length_comparability(20'000, 100'000, true), "NOT_ESTABLISHED");
}

TEST(RoundsCB04, MoreThanThreeRoundsAreWarnedOf) {
  RoundsQuestion q = question(400);
  q.rounds = 3;
  EXPECT_TRUE(plan_rounds(q).warnings.empty());
  q.rounds = 4;
  EXPECT_THAT(plan_rounds(q).warnings, testing::Contains(testing::HasSubstr("W-ROUNDS")));
}

TEST(RoundsSX04, LengthsGrowByTheSameFactor) {
  EXPECT_THAT(rung_lengths(100'000, 3), testing::ElementsAre(10'000, 31'623, 100'000));
  EXPECT_THAT(rung_lengths(100'000, 2), testing::ElementsAre(10'000, 100'000));
  EXPECT_THAT(rung_lengths(100'000, 1), testing::ElementsAre(100'000));
}

TEST(Rounds, AShortRoundIsLiftedToTwentyEvaluationsAndFiveWarmups) {
  RoundsQuestion q = question();
  q.eval_every = 600;
  EXPECT_EQ(plan_rounds(q).rounds[0].max_steps, 12'000);
  q.warmup = 3'000;
  EXPECT_EQ(plan_rounds(q).rounds[0].max_steps, 15'000);
}

TEST(Rounds, ResultsThatCameInOnlyShortenWhatIsLeft) {
  const RoundsPlan before = plan_rounds(question());
  const std::vector<DoneTrial> done(12, DoneTrial{10'000});
  const RoundsPlan after = plan_rounds(question(), done);
  ASSERT_EQ(names(after), names(before));
  for (size_t i = 0; i < after.rounds.size(); ++i) {
    EXPECT_EQ(after.rounds[i].trials, before.rounds[i].trials);
    EXPECT_EQ(after.rounds[i].hours, before.rounds[i].hours);
  }
  EXPECT_EQ(after.rounds[0].left(), 8);
  EXPECT_NEAR(before.hours_left - after.hours_left, 12, 1e-9);
  EXPECT_EQ(plan_rounds(question(), done).hours_left, after.hours_left) << "idempotent";
}

TEST(Rounds, BadQuestionsAreRefused) {
  EXPECT_THROW(plan_rounds({}), ConfigError);
  EXPECT_THROW(plan_rounds(question(0.5)), ConfigError) << "less than one short trial";
  RoundsQuestion q = question();
  q.rounds = 0;
  EXPECT_THROW(plan_rounds(q), ConfigError);
}

TEST(Rounds, PatienceIsKeptInMind) {
  RoundsQuestion q = question();
  q.patience_h = 5;
  EXPECT_THAT(plan_rounds(q).warnings, testing::Contains(testing::HasSubstr("patience")));
}

}  // namespace
}  // namespace coldstart::plan
