#include "coldstart/schedule/ramp.h"

#include <gtest/gtest.h>

namespace coldstart::schedule {
namespace {

TEST(Ramp, GoldenValues) {
  const Ramp up{.from = 0, .to = 0.5, .begin = 10, .end = 20};
  for (const auto& [step, value] : {std::pair<int64_t, double>{0, 0},
                                    {9, 0},
                                    {10, 0},
                                    {11, 0.05},
                                    {15, 0.25},
                                    {19, 0.45},
                                    {20, 0.5},
                                    {21, 0.5},
                                    {1'000'000, 0.5}})
    EXPECT_DOUBLE_EQ(up.at(step), value) << step;
  const Ramp down{.from = 1, .to = 0.2, .begin = 0, .end = 4};
  EXPECT_DOUBLE_EQ(down.at(0), 1);
  EXPECT_DOUBLE_EQ(down.at(1), 0.8);
  EXPECT_DOUBLE_EQ(down.at(3), 0.4);
  EXPECT_DOUBLE_EQ(down.at(4), 0.2);
}

TEST(Ramp, WithoutALengthItIsAJump) {
  const Ramp jump{.from = 0, .to = 1, .begin = 5, .end = 5};
  EXPECT_EQ(jump.at(4), 0);
  EXPECT_EQ(jump.at(5), 1);
}

TEST(Ramp, TheDefaultIsConstant) {
  EXPECT_TRUE(Ramp().is_constant());
  EXPECT_EQ(Ramp().at(0), 1);
  EXPECT_EQ(Ramp().at(1000), 1);
  EXPECT_EQ(describe(Ramp()), "1");
  const Ramp up{.from = 0, .to = 0.5, .begin = 10, .end = 20};
  EXPECT_FALSE(up.is_constant());
  EXPECT_EQ(up.largest(), 0.5);
  EXPECT_EQ(up.smallest(), 0);
  EXPECT_EQ(describe(up), "0 to 0.5 over steps 10 to 20");
}

}  // namespace
}  // namespace coldstart::schedule
