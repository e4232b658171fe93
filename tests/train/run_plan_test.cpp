#include "coldstart/train/run_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/text.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string row(const RunFacts& facts, const std::string& label) {
  for (const auto& [name, text] : facts.table)
    if (name == label) return text;
  return "";
}

class RunPlan : public testing::Test {
 protected:
  RunFacts facts(const RunConfig& config, double peak_gflops, int64_t first_step = 0) const {
    return describe_run(resolve(config, data_->facts()), *data_, environment_, peak_gflops,
                        first_step);
  }

  const data::TempDir temp_;
  const RunConfig config_ = small_config(temp_ / "run");
  const std::unique_ptr<const data::Source> data_ = open_data(config_);
  const Environment environment_{.commit = "",
                                 .compiler = "",
                                 .cpu = "a processor",
                                 .kernels = "some",
                                 .host = "",
                                 .cores = 4,
                                 .threads = 3};
};

// Three checkpoints (the last and two of the best) of weights and AdamW's two moments, and records.
TEST_F(RunPlan, WhatARunLeavesOnTheDisk) {
  RunConfig config = config_;
  config.optimizer.name = "adamw";
  config.train.keep_best = 2;
  const ResolvedConfig resolved = resolve(config, data_->facts());
  const int64_t checkpoints = 3 * 3 * 4 * model::param_count(resolved.model);
  const int64_t records = resolved.schedule.total() * 1024;
  EXPECT_GE(disk_bytes_of(resolved), checkpoints + records);
  EXPECT_LE(disk_bytes_of(resolved), checkpoints * 5 / 4 + records) << "but for what is padded";
}

TEST_F(RunPlan, SaysWhatWillHappen) {
  const RunFacts f = facts(config_, 0);
  EXPECT_EQ(f.total_steps, 12);
  EXPECT_EQ(f.tokens_per_step, 64);
  EXPECT_THAT(row(f, "model"), HasSubstr("2 layers x 16 wide"));
  EXPECT_THAT(row(f, "machine"), HasSubstr("a processor, 3 of 4 cores"));
  EXPECT_THAT(row(f, "batch"), HasSubstr("64 tokens = 4 sequences x 16"));
  EXPECT_THAT(row(f, "schedule"), HasSubstr("12 steps"));
}

TEST_F(RunPlan, SaysWhatAdaptsAndAtWhichPace) {
  for (const char* label : {"order", "batch warmup", "plateau"})
    EXPECT_EQ(row(facts(config_, 0), label), "") << label;
  RunConfig config = config_;
  config.order = {
      .curriculum = adapt::Curriculum::length, .curriculum_pace = 6, .curriculum_stages = 3};
  config.batch = {.batch_warmup = adapt::BatchWarmup::linear, .batch_warmup_steps = 4};
  config.plateau.plateau_patience = 2;
  RunFacts f = facts(config, 0);
  EXPECT_THAT(row(f, "order"), HasSubstr("length: sequences of 4 tokens first"));
  EXPECT_THAT(row(f, "order"), HasSubstr("from step 6"));
  EXPECT_THAT(row(f, "batch warmup"), HasSubstr("linear from 16 to 64 tokens in 4 steps"));
  EXPECT_THAT(row(f, "plateau"), HasSubstr("rate x 0.5 after 2 evaluations"));
  EXPECT_EQ(f.total_tokens, 12 * 64);
  EXPECT_EQ(f.total_steps, 15) << "16 + 16 + 32 + 48 tokens, and 656 in steps of 64";
  EXPECT_TRUE(f.steps_known);
  config.batch = {.batch_warmup = adapt::BatchWarmup::measured};
  f = facts(config, 0);
  EXPECT_FALSE(f.steps_known);
  EXPECT_THAT(row(f, "batch warmup"), HasSubstr("at most 24 steps"));
}

// Attention over 4, 8 and 8 tokens, two steps each, and over 16 for the rest.
TEST_F(RunPlan, AShorterContextCostsFewerFlops) {
  RunConfig config = config_;
  config.order = {
      .curriculum = adapt::Curriculum::length, .curriculum_pace = 6, .curriculum_stages = 3};
  const ResolvedConfig r = resolve(config, 256);
  const model::GptConfig gpt = model::require_gpt(r.model, "test");
  const auto step = [&](int64_t T) { return 64 * model::train_flops_per_token(gpt, T); };
  EXPECT_DOUBLE_EQ(total_flops(r), 2 * step(4) + 4 * step(8) + 6 * step(16));
  EXPECT_DOUBLE_EQ(facts(config, 0).flops_per_token, total_flops(r) / (12 * 64));
}

// 2 layers of 12 C^2 weights, two norms of C each, the final norm, 256 tied embeddings, 16 learned
// positions, which multiply nothing; 6 FLOPs a weight and token, 6 L D T for causal attention.
TEST_F(RunPlan, CountsTheFlopsOfTheModel) {
  const double C = 16, T = 16, L = 2, V = 256;
  const double weights = L * 12 * C * C + V * C, gains = (2 * L + 1) * C;
  const double least = 6 * weights + 6 * L * C * T;
  const double got = facts(config_, 0).flops_per_token;
  EXPECT_GE(got, least);
  EXPECT_LE(got, least + 6 * 2 * gains);
  EXPECT_DOUBLE_EQ(total_flops(resolve(config_, 256)), got * 64 * 12);
}

TEST_F(RunPlan, EstimatesTimeOnlyWhereThePeakIsKnown) {
  EXPECT_EQ(row(facts(config_, 0), "time"), "");
  EXPECT_THAT(row(facts(config_, 0), "compute"), Not(HasSubstr("peak")));
  const RunFacts f = facts(config_, 200);
  EXPECT_EQ(f.peak_gflops, 200);
  EXPECT_THAT(row(f, "compute"), HasSubstr("machine peak 200 GFLOPS"));
  EXPECT_THAT(row(f, "time"), HasSubstr("an estimate"));
  EXPECT_DOUBLE_EQ(estimated_train_s(1e12 * kAssumedFractionOfPeak, 100), 10);
}

TEST_F(RunPlan, AResumedRunCountsOnlyWhatIsLeft) {
  const double all = total_flops(resolve(config_, 256));
  const double peak_gflops = all / (kAssumedFractionOfPeak * 1e9 * 120);  // 120 s for all of it
  EXPECT_THAT(row(facts(config_, peak_gflops), "time"), HasSubstr(human_duration(120)));
  EXPECT_THAT(row(facts(config_, peak_gflops, 9), "time"), HasSubstr(human_duration(30)));
}

TEST_F(RunPlan, TheMemoryTableFollowsTheBatchAndTheAccumulation) {
  const auto bytes = [](RunConfig config, int64_t micro_batch) {
    config.train.micro_batch = micro_batch;
    return memory_of(resolve(config, 256)).total_bytes();
  };
  RunConfig twice = config_;
  twice.train.batch_tokens *= 2;
  EXPECT_EQ(bytes(config_, 2), bytes(twice, 2)) << "micro-batches reuse the same memory";
  EXPECT_LT(bytes(config_, 2), bytes(twice, 8)) << "a larger one needs more activations";
  const auto has_sum = [](const RunConfig& config) {
    return memory_of(resolve(config, 256)).summary().find("micro-gradients") != std::string::npos;
  };
  RunConfig whole = config_;
  whole.train.micro_batch = 4;
  EXPECT_FALSE(has_sum(whole));
  whole.train.micro_batch = 2;
  EXPECT_TRUE(has_sum(whole));
}

}  // namespace
}  // namespace coldstart::train
