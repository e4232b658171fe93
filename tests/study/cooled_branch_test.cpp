#include "coldstart/study/cooled_branch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/probe.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

using schedule::DecayShape;
using testing::HasSubstr;

train::RunConfig trunk_config(int64_t steps, int64_t warmup = 0) {
  train::RunConfig config = train::small_config("", steps);
  config.model.vocab = 256;
  config.schedule.shape = schedule::Shape::constant;
  config.schedule.warmup = warmup;
  return config;
}
schedule::Schedule schedule_of(const train::RunConfig& config) {
  return train::resolve(config, 256).schedule;
}

template <class F>
std::string message_of(F&& what) {
  try {
    what();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(CooledBranchSX05, TheBranchKeepsTheTrunksRatesAndThenDecays) {
  for (const auto mode : {schedule::WarmupMode::inside, schedule::WarmupMode::prepend}) {
    train::RunConfig trunk = trunk_config(40, 4);
    trunk.schedule.warmup_mode = mode;
    const auto before = schedule_of(trunk);
    const auto after = schedule_of(cooled_config(trunk, 20, {.steps = 10}));
    EXPECT_EQ(after.total(), 30);
    for (int64_t step = 0; step <= 20; ++step) EXPECT_EQ(after.lr(step), before.lr(step)) << step;
    EXPECT_EQ(after.lr(25), before.base / 2);
    EXPECT_EQ(after.lr(30), 0);
  }
}

TEST(CooledBranch, AShareOfWarmupStaysTheNumberOfStepsItWas) {
  train::RunConfig trunk = trunk_config(40);
  trunk.schedule.warmup = Length::of_percent(10);
  EXPECT_EQ(schedule_of(cooled_config(trunk, 20, {.steps = 10})).warmup, 4);
}

TEST(CooledBranch, ATrapezoidIsATrunkUntilItDecays) {
  train::RunConfig trunk = trunk_config(40);
  trunk.schedule = {};  // a cooldown of half the run
  const auto after = schedule_of(cooled_config(
      trunk, 20, {.steps = 8, .shape = DecayShape::one_minus_sqrt, .final_ratio = 0.1}));
  EXPECT_EQ(after.hold, 20);
  EXPECT_EQ(after.decay, 8);
  EXPECT_NEAR(after.factor(28), 0.1, 1e-12);
  const std::string late = message_of([&] { cooled_config(trunk, 30, {.steps = 8}); });
  EXPECT_THAT(late, HasSubstr("at step 30 the rate is 0.5 of its peak"));
  EXPECT_THAT(late, HasSubstr("between steps 0 and 20"));
}

TEST(CooledBranch, WhatIsNoTrunkOrNoCooldownIsRefused) {
  train::RunConfig cosine = trunk_config(40);
  cosine.schedule.shape = schedule::Shape::cosine;
  EXPECT_THAT(message_of([&] { cooled_config(cosine, 10, {.steps = 5}); }),
              HasSubstr("--schedule.shape constant"));
  const auto trunk = trunk_config(40, 4);
  EXPECT_THAT(message_of([&] { cooled_config(trunk, 2, {.steps = 5}); }), HasSubstr("at step 2"))
      << "in its warmup";
  EXPECT_THROW(cooled_config(trunk, 20, {.steps = 0}), ConfigError);
  EXPECT_THROW(cooled_config(trunk, 20, {.steps = 5, .shape = DecayShape::none}), ConfigError);
}

TEST(CooledBranch, TakesTheNearestCheckpointAndNamesThoseThereAre) {
  const data::TempDir temp;
  train::RunConfig config = train::small_config(temp / "trunk", 40);
  config.schedule.shape = schedule::Shape::constant;
  config.train.trunk_at = {20};
  config.train.checkpoint_every = 0;
  config.train.keep_best = 0;
  train::run_small(config);
  EXPECT_EQ(branch_point(temp / "trunk", 20).step, 20);
  EXPECT_EQ(branch_point(temp / "trunk", 21).step, 20) << "within a twentieth";
  EXPECT_THAT(message_of([&] { branch_point(temp / "trunk", 30); }),
              testing::AllOf(HasSubstr("step 20, 40"), HasSubstr("--trunk_at 30")));
  EXPECT_THAT(message_of([&] { branch_point(temp.path(), 30); }), HasSubstr("no checkpoint"));
}

TEST(CooledBranch, ABranchGoesOnFromTheTrunksStateAndEndsAtZero) {
  const data::TempDir temp;
  train::RunConfig config = train::small_config(temp / "trunk", 20);
  config.schedule.shape = schedule::Shape::constant;
  train::run_small(config);
  const auto point = branch_point(temp / "trunk", 20);
  const auto kernels = kernels::make_cpu_kernels();
  train::RunObserver nobody;
  const ProbeEnd end = run_probe(
      {.label = "branch",
       .directory = temp / "branch",
       .config = cooled_config(train::config_of_run(temp / "trunk"), point.step, {.steps = 10}),
       .branch_from = point.checkpoint},
      *kernels, nobody);
  ASSERT_EQ(end.trial.steps.size(), 10u);
  EXPECT_EQ(end.trial.steps.step.front(), 21);
  EXPECT_EQ(end.trial.steps.lr.front(), 0.01);
  EXPECT_NEAR(end.trial.steps.lr.back(), 0.001, 1e-12) << "the last of ten linear steps";
  EXPECT_GE(end.trial.evals.size(), 10u);
}

}  // namespace
}  // namespace coldstart::study
