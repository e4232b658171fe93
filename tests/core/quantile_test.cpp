#include "coldstart/core/quantile.h"

#include <gtest/gtest.h>

#include <vector>

namespace coldstart {
namespace {

TEST(Quantile, LiesBetweenSortedNumbers) {
  const std::vector<double> sorted = {1, 2, 4};
  EXPECT_EQ(quantile(sorted, 0), 1);
  EXPECT_EQ(quantile(sorted, 0.75), 3);
  EXPECT_EQ(quantile(sorted, 1), 4);
}

TEST(UpperMedian, OfAnEvenCountIsTheUpperOfTheMiddleTwo) {
  EXPECT_EQ(upper_median({5}), 5);
  EXPECT_EQ(upper_median({9, 1, 5}), 5);
  EXPECT_EQ(upper_median({9, 1, 5, 3}), 5);
}

}  // namespace
}  // namespace coldstart
