#include "coldstart/plan/clip_threshold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

std::vector<double> one_to(int n) {
  std::vector<double> norms(static_cast<size_t>(n));
  std::iota(norms.begin(), norms.end(), 1.0);
  return norms;
}

// Of 1 ... 11 the place 0.9 * 10 = 9 holds 10; of 1 ... 10 it is 8.1: 9.1.
TEST(ClipThreshold, GC03_IsTheNinetiethPercentileByLinearInterpolation) {
  EXPECT_EQ(clip_threshold(one_to(11)), 10);
  EXPECT_NEAR(clip_threshold(one_to(10)), 9.1, 1e-12);
  std::vector<double> with_nan = one_to(11);
  with_nan.push_back(NAN);
  EXPECT_EQ(clip_threshold(with_nan), 10);
  EXPECT_THROW(clip_threshold(one_to(9)), DataError);
  EXPECT_THROW(clip_threshold(std::vector<double>(20, NAN)), DataError);
}

TEST(ClipThreshold, GC04_MoreThanHalfClippedAsksForALowerRate) {
  const auto norms = one_to(101);
  EXPECT_EQ(next_clip(norms, {{0.75, 0.51, true}}).verdict.label, "LOWER_LR");
  EXPECT_EQ(next_clip(norms, {{0.75, 0.50, true}}).share, 0.5);
  EXPECT_EQ(exit_code(next_clip(norms, {{0.75, 0.51, true}}).verdict.standing), 5);
}

TEST(ClipThreshold, ClipsHarderWhileInstabilityStays) {
  const auto norms = one_to(101);
  EXPECT_EQ(next_clip(norms, {}).share, 0.9);
  EXPECT_EQ(next_clip(norms, {{0.9, 0.1, true}}).share, 0.75);
  EXPECT_EQ(next_clip(norms, {{0.75, 0.25, true}}).share, 0.5);
  EXPECT_EQ(next_clip(norms, {{0.5, 0.45, true}}).verdict.label, "LOWER_LR");
  const ClipAdvice stable = next_clip(norms, {{0.9, 0.1, true}, {0.75, 0.2, false}});
  EXPECT_EQ(stable.share, 0);
  EXPECT_EQ(stable.verdict.label, "KEEP");
  EXPECT_THAT(stable.verdict.text, testing::HasSubstr("76"));
}

TEST(ClipThreshold, GC02_TheHistogramHoldsEveryNorm) {
  const auto bins = norm_histogram(one_to(100));
  ASSERT_EQ(bins.size(), 20u);
  int64_t total = 0;
  for (const NormBin& bin : bins) total += bin.count;
  EXPECT_EQ(total, 100);
  EXPECT_NEAR(bins.front().lo, 1, 1e-9);
  EXPECT_NEAR(bins.back().hi, 100, 1e-9);
  EXPECT_EQ(norm_histogram(std::vector<double>(10, 2.0)).size(), 1u);
}

TEST(ClipThreshold, TheClippedShareIsThatOfTheFlags) {
  StepSeries steps;
  EXPECT_EQ(clipped_share(steps), 0);
  steps.clipped = {1, 0, 0, 1, 0};
  EXPECT_DOUBLE_EQ(clipped_share(steps), 0.4);
}

}  // namespace
}  // namespace coldstart::plan
