#include "coldstart/metrics/five_numbers.h"

#include <gtest/gtest.h>

namespace coldstart::metrics {
namespace {

TEST(FiveNumbers, OfAnOddCountAreValues) {
  std::vector<double> values = {5, 1, 4, 2, 3};
  EXPECT_EQ(five_numbers(values), (FiveNumbers{1, 2, 3, 4, 5}));
}

TEST(FiveNumbers, BetweenValuesAreInterpolated) {
  std::vector<double> values = {4, 1, 2, 3};
  EXPECT_EQ(five_numbers(values), (FiveNumbers{1, 1.75, 2.5, 3.25, 4}));
}

TEST(FiveNumbers, OfOneAreThatOne) {
  std::vector<double> values = {7};
  EXPECT_EQ(five_numbers(values), (FiveNumbers{7, 7, 7, 7, 7}));
}

}  // namespace
}  // namespace coldstart::metrics
