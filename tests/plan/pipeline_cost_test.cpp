#include "coldstart/plan/pipeline_cost.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

const RungOptions kThreeRungs{.production = 100'000, .rungs = 3, .sigma = 1};

TEST(PipelineCostSX04, LengthsGrowByOneFactorAndTrunksAreShared) {
  const auto costs = pipeline_cost(kThreeRungs, 6);
  ASSERT_EQ(costs.size(), 3u);
  EXPECT_EQ(costs[0].length, 10'000);
  EXPECT_NEAR(static_cast<double>(costs[1].length), 31'623, 1);
  EXPECT_EQ(costs[2].length, 100'000);
  EXPECT_EQ(costs[0].from, 0);
  EXPECT_EQ(costs[1].from, costs[0].trunk_to) << "no step of a trunk is made twice";
  EXPECT_EQ(costs[2].from, costs[1].trunk_to);
}

TEST(PipelineCost, CountsTheBaselineThePromotedAndAControl) {
  const auto costs = pipeline_cost(kThreeRungs, 6);  // 4 and 2 pass at most
  EXPECT_EQ(costs[0].runs, 1 + 6);
  EXPECT_EQ(costs[1].runs, 1 + 4 + 1);
  EXPECT_EQ(costs[2].runs, 1 + 2 + 1);
  for (const RungCost& cost : costs) EXPECT_EQ(cost.steps, cost.runs * (cost.length - cost.from));
}

TEST(PipelineCost, NoIdeasAreRefused) {
  EXPECT_THROW(pipeline_cost(kThreeRungs, 0), ConfigError);
  EXPECT_THROW(pipeline_cost({.production = 0, .rungs = 3, .sigma = 1}, 2), ConfigError);
}

}  // namespace
}  // namespace coldstart::plan
