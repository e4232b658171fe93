#include "coldstart/study/throughput.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

TEST(Throughput, BatchesArePowersOfTwoFromTheFirst) {
  EXPECT_THAT(parse_batches("8..64"), testing::ElementsAre(8, 16, 32, 64));
  EXPECT_THAT(parse_batches("3:13"), testing::ElementsAre(3, 6, 12));
  for (const char* bad : {"", "8", "8..", "64..8", "0..4", "a..b", "1..99999999999"})
    EXPECT_THROW(parse_batches(bad), ConfigError) << bad;
}

TEST(ThroughputBS02, EachBatchIsTimedOverRealSteps) {
  const data::TempDir temp;
  const auto kernels = kernels::make_cpu_kernels();
  train::RunObserver nobody;
  const auto measured =
      measure_throughput(train::small_config(""), temp / "t", {1, 2, 4}, 3, *kernels, nobody);
  ASSERT_EQ(measured.rows.size(), 3u);
  for (const plan::ThroughputRow& row : measured.rows) {
    EXPECT_GT(row.examples_per_s, 0);
    EXPECT_GE(row.data_wait_share, 0);
    EXPECT_LT(row.data_wait_share, 1) << "IP-01: the data's share of the time is measured";
    EXPECT_FALSE(row.out_of_memory);
  }
  EXPECT_EQ(train::config_of_run(temp / "t" / "batch-4").train.batch_tokens, 4 * 16);
}

TEST(ThroughputBS02, ABatchThatDoesNotFitEndsTheLadder) {
  const data::TempDir temp;
  const auto kernels = kernels::make_cpu_kernels();
  train::RunObserver nobody;
  train::RunConfig config = train::small_config("");
  config.train.micro_batch = 1 << 22;
  const auto measured =
      measure_throughput(config, temp / "t", {1 << 22, 1 << 23}, 1, *kernels, nobody);
  ASSERT_EQ(measured.rows.size(), 1u);
  EXPECT_TRUE(measured.rows[0].out_of_memory);
}

}  // namespace
}  // namespace coldstart::study
