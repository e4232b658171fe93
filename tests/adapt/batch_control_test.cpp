#include "coldstart/adapt/batch_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "tests/train/small_run.h"

namespace coldstart::adapt {
namespace {

using testing::HasSubstr;

// 16 sequences of 16 tokens a full step, 40 full steps.
train::ResolvedConfig resolved(const BatchOptions& options) {
  train::RunConfig config = train::small_config("unused", 40);
  config.train.batch_tokens = 256;
  config.train.micro_batch = 4;
  config.batch = options;
  return train::resolve(config, 256);
}

BatchControl control_of(const train::ResolvedConfig& config) {
  return {config.batches, config.config.batch, model::sequence_shape(config.model).T,
          config.schedule.total()};
}

// Tokens of each step of a run without any measurement.
std::vector<int64_t> steps_of(const BatchControl& control) {
  std::vector<int64_t> steps;
  int64_t tokens = 0;
  while (!control.over(std::ssize(steps), tokens)) {
    steps.push_back(control.tokens_of(control.next(std::ssize(steps), tokens)));
    tokens += steps.back();
  }
  return steps;
}

TEST(BatchControl, EveryFixedPlanTakesTheSameTokensInThePlannedSteps) {
  for (const BatchWarmup kind : {BatchWarmup::none, BatchWarmup::stages, BatchWarmup::linear}) {
    BatchOptions options{.batch_warmup = kind};
    if (kind != BatchWarmup::none) options.batch_warmup_steps = 17;
    const train::ResolvedConfig config = resolved(options);
    const BatchControl control = control_of(config);
    const std::vector<int64_t> steps = steps_of(control);
    EXPECT_EQ(std::ssize(steps), config.steps) << enum_name(kind);
    EXPECT_EQ(std::accumulate(steps.begin(), steps.end(), int64_t{0}), 40 * 256);
    EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end() - 1)) << "the last step takes the rest";
    EXPECT_EQ(control.steps_in_all(3, 100), config.steps);
  }
}

TEST(BatchControl, TheScheduleCountsFullBatches) {
  const BatchControl ramp =
      control_of(resolved({.batch_warmup = BatchWarmup::stages, .batch_warmup_steps = 10}));
  EXPECT_EQ(ramp.position(8, 255), 0);
  EXPECT_EQ(ramp.position(8, 256), 1);
  EXPECT_EQ(ramp.position(99, 39 * 256 + 255), 39);
  EXPECT_FALSE(ramp.over(99, 40 * 256 - 1));
  EXPECT_TRUE(ramp.over(99, 40 * 256));
  const BatchControl plain = control_of(resolved({}));
  EXPECT_EQ(plain.position(8, 12345), 8) << "a branch may have other tokens behind it";
}

TEST(BatchControl, RateFactors) {
  BatchOptions o{.batch_warmup = BatchWarmup::stages, .batch_warmup_steps = 10};
  const StepBatch quarter{4, 1, 4}, full{16, 4, 4};
  EXPECT_EQ(control_of(resolved(o)).rate_factor(quarter, 3.0), 1);
  o.batch_warmup_lr = BatchRate::sqrt;
  EXPECT_DOUBLE_EQ(control_of(resolved(o)).rate_factor(quarter, 3.0), 0.5);
  EXPECT_EQ(control_of(resolved(o)).rate_factor(full, 3.0), 1);
  o.batch_warmup_lr = BatchRate::rrc;
  const BatchControl rrc = control_of(resolved(o));
  EXPECT_DOUBLE_EQ(rrc.rate_factor(quarter, std::nullopt), 0.5) << "phi is not known: sqrt";
  EXPECT_DOUBLE_EQ(rrc.rate_factor(quarter, std::numeric_limits<double>::infinity()), 0.5);
  EXPECT_DOUBLE_EQ(rrc.rate_factor(quarter, 4.0), std::sqrt((1 / 4.0 + 1 / 16.0) / (2 / 4.0)));
  EXPECT_NEAR(rrc.rate_factor(quarter, 1e-9), 1, 1e-8) << "far above the critical batch";
}

TEST(BatchControl, AMeasuredBatchFollowsWithPatienceAndNeverShrinks) {
  const train::ResolvedConfig config = resolved({.batch_warmup = BatchWarmup::measured,
                                                 .batch_warmup_start = 32,
                                                 .batch_warmup_factor = 2,
                                                 .batch_warmup_patience = 3});
  BatchControl control = control_of(config);
  const auto tokens = [&] { return control.tokens_of(control.next(0, 0)); };
  EXPECT_EQ(tokens(), 32);
  EXPECT_FALSE(control.observe(3.0));
  EXPECT_FALSE(control.observe(3.0));
  EXPECT_FALSE(control.observe(0.5)) << "one below starts the count again";
  EXPECT_FALSE(control.observe(std::nullopt));
  EXPECT_FALSE(control.observe(2.0));
  EXPECT_FALSE(control.observe(2.0));
  EXPECT_THAT(control.observe(2.0).value_or(""), HasSubstr("from 32 to 64 tokens"));
  EXPECT_EQ(tokens(), 64) << "2 x 2 sequences";
  const double infinite = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 3; ++i) control.observe(infinite);
  EXPECT_EQ(tokens(), 128) << "at most twice as many";
  for (int i = 0; i < 50; ++i) control.observe(0.1);
  EXPECT_EQ(tokens(), 128);
  BatchControl resumed = control_of(config);
  control.observe(infinite);
  resumed.restore(control.state());
  EXPECT_EQ(resumed.state(), control.state());
  for (int i = 0; i < 100; ++i) resumed.observe(infinite);
  EXPECT_EQ(resumed.tokens_of(resumed.next(0, 0)), 256) << "and never above the full batch";
}

TEST(BatchControl, AMeasuredRunEndsAtItsTokensWhateverTheBatches) {
  const train::ResolvedConfig config = resolved({.batch_warmup = BatchWarmup::measured});
  EXPECT_EQ(config.steps, 320) << "at most: all in batches of 32 tokens";
  BatchControl control = control_of(config);
  int64_t step = 0, tokens = 0, position = 0;
  while (!control.over(step, tokens)) {
    tokens += control.tokens_of(control.next(step, tokens));
    ++step;
    EXPECT_GE(control.position(step, tokens), position) << "the schedule never goes back";
    position = control.position(step, tokens);
    EXPECT_LE(step + control.steps_in_all(0, tokens), config.steps);
    control.observe(step > 20 ? 100.0 : 0.1);
  }
  EXPECT_EQ(tokens, 40 * 256);
  EXPECT_EQ(position, config.schedule.total());
  EXPECT_LT(step, config.steps);
  EXPECT_EQ(control.steps_in_all(step, tokens), step);
}

}  // namespace
}  // namespace coldstart::adapt
