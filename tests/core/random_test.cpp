#include "coldstart/core/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coldstart {
namespace {

TEST(Random, MatchesThePublishedPhiloxVector) {
  // Random123's known-answer test for philox4x32-10 with all-zero counter and key.
  const auto b = Rng(0, static_cast<Stream>(0)).block(0);
  EXPECT_EQ(b[0], 0x6627e8d5u);
  EXPECT_EQ(b[1], 0xe169c58du);
  EXPECT_EQ(b[2], 0xbc57ac4cu);
  EXPECT_EQ(b[3], 0x9b00dbd8u);
}

TEST(Random, NormalHasMeanZeroAndVarianceOne) {
  const Rng rng(42, Stream::test);
  constexpr int n = 200000;
  double sum = 0, square = 0;
  for (uint64_t i = 0; i < n; ++i) {
    const double z = rng.normal(i);
    ASSERT_TRUE(std::isfinite(z));
    sum += z;
    square += z * z;
  }
  EXPECT_NEAR(sum / n, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(square / n, 1, 4 * std::sqrt(2.0 / n));
}

TEST(Random, StreamsSubstreamsAndSeedsAreDifferent) {
  const uint64_t base = Rng(1, Stream::test).bits(5);
  EXPECT_NE(base, Rng(2, Stream::test).bits(5));
  EXPECT_NE(base, Rng(1, Stream::init).bits(5));
  EXPECT_NE(base, Rng(1, Stream::test, 1).bits(5));
  EXPECT_NE(base, Rng(1, Stream::test).bits(6));
  EXPECT_EQ(base, Rng(1, Stream::test).bits(5));
}

TEST(Random, BelowCoversTheRangeEvenly) {
  const Rng rng(7, Stream::test);
  int counts[6] = {};
  for (uint64_t i = 0; i < 60000; ++i) ++counts[rng.below(i, 6)];
  for (const int c : counts) EXPECT_NEAR(c, 10000, 500);
}

}  // namespace
}  // namespace coldstart
