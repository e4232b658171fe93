#include "coldstart/adapt/clip_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::adapt {
namespace {

TEST(Percentile, InterpolatesBetweenTwoValues) {
  std::vector<double> values = {11, 1, 2, 4, 3, 5, 6, 8, 7, 10, 9};
  EXPECT_EQ(percentile_of(values, 90), 10);
  EXPECT_EQ(percentile_of(values, 50), 6);
  EXPECT_EQ(percentile_of(values, 100), 11);
  EXPECT_DOUBLE_EQ(percentile_of(values, 95), 10.5);
  values = {3};
  EXPECT_EQ(percentile_of(values, 90), 3);
}

TEST(NormWindow, SaysNothingOfTooFewAndForgetsTheOldest) {
  NormWindow window(12);
  for (int i = 1; i <= 9; ++i) window.add(i);
  EXPECT_FALSE(window.percentile(90));
  window.add(10);
  EXPECT_DOUBLE_EQ(window.percentile(100).value(), 10);
  EXPECT_DOUBLE_EQ(window.percentile(90).value(), 9.1);
  for (int i = 11; i <= 30; ++i) window.add(i);
  EXPECT_THAT(window.oldest_first(),
              testing::ElementsAre(19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30));
  EXPECT_DOUBLE_EQ(window.percentile(0).value(), 19);
}

TEST(NormWindow, GoesOnFromItsState) {
  NormWindow whole(12), resumed(12);
  for (int i = 0; i < 17; ++i) whole.add(i * 0.3);
  resumed.restore(whole.oldest_first());
  for (int i = 17; i < 40; ++i) {
    EXPECT_EQ(resumed.percentile(90), whole.percentile(90)) << i;
    whole.add(i * 0.3);
    resumed.add(i * 0.3);
  }
  NormWindow smaller(10);
  smaller.restore(whole.oldest_first());
  EXPECT_EQ(smaller.oldest_first().size(), 10u);
  EXPECT_EQ(smaller.oldest_first().back(), 39 * 0.3);
}

TEST(ClippedShare, IsOfTheLastHundredSteps) {
  ClippedShare share;
  EXPECT_EQ(share.share(), 0);
  share.add(true);
  EXPECT_EQ(share.share(), 1);
  for (int i = 0; i < 99; ++i) share.add(i < 49);
  EXPECT_TRUE(share.is_full());
  EXPECT_DOUBLE_EQ(share.share(), 0.5);
  share.add(false);
  EXPECT_DOUBLE_EQ(share.share(), 0.49) << "the first one is gone";
  ClippedShare other;
  other.restore(share.text());
  EXPECT_EQ(other.share(), share.share());
}

}  // namespace
}  // namespace coldstart::adapt
