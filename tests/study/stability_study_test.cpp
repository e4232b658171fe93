#include "coldstart/study/stability_study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/train/run_directory.h"
#include "tests/study/run_in_process.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

class StabilityStudy : public testing::Test {
 protected:
  StabilityPlan plan(int64_t steps = 60) const {
    return {.config = train::small_config("", steps), .directory = temp_ / "stability"};
  }

  const data::TempDir temp_;
  const std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
  train::RunObserver nobody_;
};

TEST_F(StabilityStudy, TheSweepFindsTheBestRateAndProbesAboveItST04) {
  EXPECT_FALSE(finished_sweep(plan()));
  const StabilitySweep swept = stability_sweep(plan(), {1e-3, 1}, run_in_process);
  EXPECT_EQ(swept.exit_code, 0);
  EXPECT_GT(swept.report.best_lr, 1e-3);
  EXPECT_LT(swept.report.best_lr, 1);
  EXPECT_THAT(swept.report.verdict.chart, HasSubstr("probe, 10 times the best rate"));
  const auto probes = StudyDirectory::open(temp_ / "stability" / "probes");
  EXPECT_EQ(probes.spec().max_steps, 500);
  const auto again = finished_sweep(plan());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->best_lr, swept.report.best_lr);
}

TEST_F(StabilityStudy, EarlyEvaluatesEveryStepAtTwiceTheRateST06) {
  const Search search = probe_early(plan(), 0.01, 30, *kernels_, nobody_);
  EXPECT_EQ(search.signal, 0);
  EXPECT_EQ(search.verdict.rule, "ST-06");
  const auto run = temp_ / "stability" / "early-lr-0.02-30";
  const train::RunConfig config = train::config_of_run(run);
  EXPECT_EQ(config.optimizer.lr, 0.02);
  EXPECT_EQ(config.schedule.shape, schedule::Shape::constant);
  EXPECT_EQ(train::metrics_of(run, "eval").size(), 31u) << "the start and 30 steps";
}

TEST_F(StabilityStudy, WarmupProbesRampToTheHighRateAndStayTwiceAsLongWU01) {
  const Search search = search_warmup(
      plan(200), {.unstable_lr = 0.003, .factor = 10, .wanted = {8, 20, 100}}, *kernels_, nobody_);
  EXPECT_EQ(search.signal, 0);
  EXPECT_THAT(search.verdict.chart, HasSubstr("8 steps of warmup to 0.03"));
  EXPECT_THAT(search.verdict.warnings, testing::Contains(HasSubstr("100 steps of warmup: dropped")))
      << "WU-04";
  const auto config = train::config_of_run(temp_ / "stability" / "warmup-8-lr-0.03");
  const auto schedule = train::resolve(config, config.model.vocab).schedule;
  EXPECT_EQ(schedule.warmup, 8);
  EXPECT_EQ(schedule.hold, 16);
  EXPECT_EQ(schedule.base, 0.03);
}

TEST_F(StabilityStudy, NoWarmupIsEnoughForARateThatNeverTrains) {
  StabilityPlan wild = plan(200);
  wild.config.optimizer.name = "sgd";
  wild.config.train.grad_clip = 0;
  const Search search = search_warmup(wild, {.unstable_lr = 1e5, .factor = 10, .wanted = {10, 20}},
                                      *kernels_, nobody_);
  EXPECT_EQ(search.verdict.label, "NONE");
  EXPECT_EQ(search.verdict.standing, plan::Standing::refused);
}

TEST_F(StabilityStudy, ClippingIsNotNeededWhereTrainingIsCalmGC03) {
  StabilityPlan calm = plan();
  const Search search = search_clip(calm, 1e-4, *kernels_, nobody_);
  EXPECT_EQ(search.verdict.label, "KEEP") << search.verdict.text;
  EXPECT_TRUE(train::RunDirectory::holds_run(temp_ / "stability" / "clip-none-lr-0.0001"));
  EXPECT_EQ(train::config_of_run(temp_ / "stability" / "clip-none-lr-0.0001").train.grad_clip, 0);
}

TEST_F(StabilityStudy, ThresholdsFallWithThePercentilesOfTheNormsWhereItIsNotGC04) {
  StabilityPlan wild = plan(80);
  wild.config.schedule.warmup = 40;  // falls while the rate is small, and rises after that
  const Search search = search_clip(wild, 3, *kernels_, nobody_);
  EXPECT_TRUE(train::RunDirectory::holds_run(temp_ / "stability" / "clip-p90-lr-3"))
      << search.verdict.chart;
  EXPECT_GT(train::config_of_run(temp_ / "stability" / "clip-p90-lr-3").train.grad_clip, 0);
}

TEST_F(StabilityStudy, ARunThatEndsAtOnceGivesNoThreshold) {
  StabilityPlan wild = plan();
  wild.config.optimizer.name = "sgd";
  const Search search = search_clip(wild, 1e6, *kernels_, nobody_);
  EXPECT_EQ(search.verdict.standing, plan::Standing::insufficient);
}

TEST_F(StabilityStudy, AnotherRuleOfClippingIsRefused) {
  StabilityPlan plan = this->plan();
  plan.config.clip.rule = adapt::ClipRule::value;
  EXPECT_THROW(search_clip(plan, 0.01, *kernels_, nobody_), ConfigError);
}

}  // namespace
}  // namespace coldstart::study
