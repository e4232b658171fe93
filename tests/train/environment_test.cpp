#include "coldstart/train/environment.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coldstart/core/parallel.h"
#include "coldstart/core/source_commit.h"

namespace coldstart::train {
namespace {

TEST(Environment, SaysWhatARunRanOn) {
  const auto kernels = kernels::make_cpu_kernels();
  RunConfig config;
  config.train.batch_tokens = 64;
  config.regularize.dropout = 0.1;
  const std::vector<VarianceSource> sources = variance_sources(config);
  const auto json =
      nlohmann::json::parse(environment_json(describe_environment(*kernels), sources));
  EXPECT_EQ(json["commit"], source_commit());
  EXPECT_EQ(json["kernels"], kernels->name());
  EXPECT_EQ(json["threads"], thread_count());
  EXPECT_GE(json["cores"], 1);
  EXPECT_GT(json["memory_bytes"], 1 << 20);
  EXPECT_NE(json["compiler"], "");
  EXPECT_NE(json["cpu"], "");
  EXPECT_EQ(json["gradient_variance"]["train.batch_tokens"], 64);
  EXPECT_EQ(json["gradient_variance"]["regularize.dropout"], 0.1);
}

}  // namespace
}  // namespace coldstart::train
