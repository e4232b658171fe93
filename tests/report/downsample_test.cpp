#include "coldstart/report/downsample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace coldstart::report {
namespace {

std::vector<double> ramp(size_t n) {
  std::vector<double> x(n);
  for (size_t i = 0; i < n; ++i) x[i] = static_cast<double>(i);
  return x;
}

TEST(Downsample, ShortCurvesStayWhole) {
  const std::vector<double> y = {3, 1, 2};
  EXPECT_THAT(keep_extremes(ramp(3), y, 3), testing::ElementsAre(0, 1, 2));
  EXPECT_TRUE(keep_extremes({}, {}, 10).empty());
}

// Wherever a single spike stands, up or down, it is kept; so are both ends, in order, without
// doubles, and the number of points is bounded.
TEST(Downsample, EverySpikeIsKept) {
  constexpr size_t kN = 1000, kPoints = 40;
  const std::vector<double> x = ramp(kN);
  for (size_t spike = 0; spike < kN; spike += 7) {
    std::vector<double> y(kN);
    for (size_t i = 0; i < kN; ++i) y[i] = std::sin(static_cast<double>(i) * 0.01);
    y[spike] = spike % 2 == 0 ? 50 : -50;
    const std::vector<size_t> kept = keep_extremes(x, y, kPoints);
    EXPECT_TRUE(std::ranges::binary_search(kept, spike)) << spike;
    EXPECT_EQ(kept.front(), 0u);
    EXPECT_EQ(kept.back(), kN - 1);
    EXPECT_TRUE(std::ranges::is_sorted(kept) && std::ranges::adjacent_find(kept) == kept.end());
    EXPECT_LE(kept.size(), kPoints + kPoints / 4);
  }
}

TEST(Downsample, AGapStaysAGap) {
  std::vector<double> y(1000, 1.0);
  y[500] = NAN;
  const std::vector<size_t> kept = keep_extremes(ramp(1000), y, 40);
  EXPECT_TRUE(std::ranges::binary_search(kept, 500u));
  EXPECT_TRUE(std::ranges::binary_search(
      keep_extremes(ramp(1000), std::vector<double>(1000, NAN), 40), 0u));
}

// Buckets are cut on x, so a dense part does not push a sparse one out.
TEST(Downsample, SparsePartsKeepTheirPoints) {
  std::vector<double> x = ramp(1000), y(1000, 0.0);
  for (double& value : x) value *= 0.01;
  for (int i = 0; i < 5; ++i) x.push_back(20.0 + 20 * i), y.push_back(i);
  const std::vector<size_t> kept = keep_extremes(x, y, 60);
  for (size_t i = 1000; i < 1005; ++i) EXPECT_TRUE(std::ranges::binary_search(kept, i)) << i;
}

}  // namespace
}  // namespace coldstart::report
