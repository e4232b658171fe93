#include "coldstart/report/svg_scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::report {
namespace {

using testing::ElementsAre;

TEST(Svg, TicksAreRoundNumbersInside) {
  EXPECT_THAT(ticks(0, 10, false), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(ticks(0.001, 1, true), ElementsAre(0.001, 0.01, 0.1, 1));
  EXPECT_THAT(ticks(1, 10, true), ElementsAre(1, 2, 5, 10));
  EXPECT_GE(ticks(2.1, 2.9, true).size(), 3u);
  EXPECT_LE(ticks(1e-30, 1e30, true).size(), 12u);
  EXPECT_TRUE(ticks(1, 1, false).empty());
}

TEST(SvgScale, PlacesValuesByTheirLogarithmAndHoldsNoneBelowZero) {
  Range range;
  for (const double value : {1.0, 100.0, -5.0}) range.add(value, true);
  const Scale scale(range, true, 0, 10);
  EXPECT_DOUBLE_EQ(scale(10), 5);
  EXPECT_DOUBLE_EQ(scale(100), 10);
  EXPECT_FALSE(scale.holds(-5));
}

TEST(SvgScale, ALineFarAwayDoesNotStretchTheAxis) {
  Range range;
  for (const double value : {2.0, 4.0}) range.add(value, false);
  range.reach(5, false);
  range.reach(1000, false);
  EXPECT_EQ(range.hi, 5);
}

}  // namespace
}  // namespace coldstart::report
