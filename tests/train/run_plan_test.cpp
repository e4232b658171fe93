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
    return describe_run(resolve(config, dataset_.vocab_size()), dataset_, environment_, peak_gflops,
                        first_step);
  }

  const data::TempDir temp_;
  const RunConfig config_ = small_config(temp_ / "run");
  const data::Dataset dataset_ = open_data(config_);
  const Environment environment_{.commit = "",
                                 .compiler = "",
                                 .cpu = "a processor",
                                 .kernels = "some",
                                 .host = "",
                                 .cores = 4,
                                 .threads = 3};
};

TEST_F(RunPlan, SaysWhatWillHappen) {
  const RunFacts f = facts(config_, 0);
  EXPECT_EQ(f.total_steps, 12);
  EXPECT_EQ(f.tokens_per_step, 64);
  EXPECT_THAT(row(f, "model"), HasSubstr("2 layers x 16 wide"));
  EXPECT_THAT(row(f, "machine"), HasSubstr("a processor, 3 of 4 cores"));
  EXPECT_THAT(row(f, "batch"), HasSubstr("64 tokens = 4 sequences x 16"));
  EXPECT_THAT(row(f, "schedule"), HasSubstr("12 steps"));
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
