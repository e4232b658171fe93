#include "coldstart/adapt/pace.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::adapt {
namespace {

TEST(Pace, GrowsInEqualStages) {
  const Pace pace{.length = 100, .stages = 4, .start = 0.2};
  EXPECT_DOUBLE_EQ(pace.share(0), 0.2);
  EXPECT_DOUBLE_EQ(pace.share(24), 0.2);
  EXPECT_DOUBLE_EQ(pace.share(25), 0.4);
  EXPECT_DOUBLE_EQ(pace.share(99), 0.8);
  EXPECT_EQ(pace.share(100), 1);
  EXPECT_EQ(pace.share(1'000'000), 1);
  for (int64_t stage = 0; stage < 4; ++stage) {
    EXPECT_DOUBLE_EQ(pace.share(pace.first_position(stage)), pace.share_of_stage(stage));
    EXPECT_LT(pace.share(pace.first_position(stage + 1) - 1), pace.share_of_stage(stage + 1));
  }
}

TEST(Pace, TheRootHasASquareThatGrowsEvenly) {
  const Pace pace{.length = 10, .stages = 2, .start = 0.5, .shape = PaceShape::root};
  EXPECT_DOUBLE_EQ(pace.share(0), 0.5);
  EXPECT_DOUBLE_EQ(pace.share(5), std::sqrt(0.25 + 0.75 / 2));
  EXPECT_EQ(pace.share(10), 1);
}

TEST(Pace, MoreStagesThanStepsNeverShrink) {
  const Pace pace{.length = 7, .stages = 10, .start = 0.1};
  for (int64_t step = 0; step < 8; ++step)
    EXPECT_LT(pace.share(step), pace.share(step + 1) + 1e-12);
  EXPECT_EQ(Pace().share(0), 1) << "without a curriculum everything counts";
}

}  // namespace
}  // namespace coldstart::adapt
