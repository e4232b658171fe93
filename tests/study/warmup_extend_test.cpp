#include "coldstart/study/warmup_extend.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/warmup_study.h"
#include "tests/data/temp_dir.h"
#include "tests/study/warmup_grid.h"

namespace coldstart::study {
namespace {

std::vector<AddedRate> beyond(const plan::Study& study) {
  return rates_beyond(study, judge_warmup(study));
}

double flat(const std::string&, const std::string&) { return 2.5; }

TEST(WarmupExtend, ARangeThatIsTooNarrowGetsOneRateAtItsEnd) {
  EXPECT_TRUE(beyond(warmup_grid(flat)).empty());
  const auto high = beyond(warmup_grid(flat, -2));
  ASSERT_EQ(high.size(), 2u) << "one an optimizer";
  EXPECT_EQ(high[0].optimizer, "adamw");
  EXPECT_TRUE(high[0].above);
  EXPECT_NEAR(high[0].lr, std::pow(10, -1.5), 1e-7);
  const auto low = beyond(warmup_grid(flat, -4));
  ASSERT_EQ(low.size(), 2u);
  EXPECT_FALSE(low[1].above);
  EXPECT_NEAR(low[1].lr, std::pow(10, -4.5), 1e-10);
}

TEST(WarmupExtend, OnlyTheOptimizerThatNeedsItButAllItsWarmups) {
  plan::Study study = warmup_grid(flat);
  for (plan::Trial& trial : study.trials)
    if (trial.values["optimizer.name"] == "lion_ar" && trial.values["schedule.warmup"] == "2%")
      trial.evals.val.back() -= 0.2 * std::log10(std::stod(trial.values["optimizer.lr"]) / 1e-3);
  const auto added = beyond(study);
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0].optimizer, "lion_ar");
  const auto points = points_of(study, added);
  ASSERT_EQ(points.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(points[i].at("optimizer.name"), "lion_ar");
    EXPECT_EQ(points[i].at("optimizer.lr"), "0.0316228");
  }
  EXPECT_EQ(points[0].at("schedule.warmup"), "0");
  EXPECT_EQ(points[2].at("schedule.warmup"), "5%");
}

TEST(WarmupExtend, TheEdgeOfStabilityIsNotCrossed) {
  plan::Study study = warmup_grid(flat, -2.5);
  diverge_at(study, -2);
  EXPECT_TRUE(beyond(study).empty());
}

TEST(WarmupExtend, WhereNoRateTrainsALowerOneIsTried) {
  const auto added = beyond(warmup_grid([](auto&, auto& w) { return w == "0" ? NAN : 2.5; }));
  ASSERT_EQ(added.size(), 2u);
  EXPECT_FALSE(added[0].above);
}

TEST(WarmupExtend, TrialsThatAreNotOverComeFirst) {
  plan::Study study = warmup_grid(flat, -2);
  study.trials[0].state = plan::TrialState::stopped;
  const auto added = beyond(study);
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0].optimizer, "lion_ar");
}

// The grid becomes a list that begins with it, so the trials that have run keep their numbers.
TEST(WarmupExtend, TheStudyGrowsBehindTheTrialsThatItHas) {
  const data::TempDir temp;
  const WarmupPlan plan = {.config = "tiny",
                           .optimizers = {"adamw", "lion_ar"},
                           .warmups = {"0", "5%"},
                           .rates = {1e-3, 3e-2},
                           .levels = 3,
                           .seeds = 2};
  auto study = StudyDirectory::create(temp / "w", warmup_spec(plan), temp.path());
  std::vector<Values> before;
  for (int64_t i = 0; i < study.trials(); ++i) before.push_back(study.plan(i).values);
  const Values added = {
      {"optimizer.name", "lion_ar"}, {"schedule.warmup", "5%"}, {"optimizer.lr", "0.164317"}};
  study.append({added});
  const StudyDirectory now = StudyDirectory::open(temp / "w");
  ASSERT_EQ(now.trials(), 26);
  for (size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(now.plan(static_cast<int64_t>(i)).values, before[i]);
  EXPECT_EQ(now.plan(25).values, added);
  EXPECT_EQ(now.plan(25).seed, 2);
  EXPECT_EQ(now.spec().space[2].param.hi, 0.164317);
  EXPECT_EQ(now.spec().space[2].param.lo, 1e-3);
  EXPECT_EQ(study.trials(), 26);
  EXPECT_THROW(study.append({added}), ConfigError) << "it is there";
  Values bad = added;
  bad["optimizer.lr"] = "-1";
  EXPECT_THROW(study.append({bad}), ConfigError);
  EXPECT_EQ(StudyDirectory::open(temp / "w").trials(), 26);
}

}  // namespace
}  // namespace coldstart::study
