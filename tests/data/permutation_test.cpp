#include "coldstart/data/permutation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace coldstart::data {
namespace {

TEST(Permutation, VisitsEveryElementOnce) {
  for (const int64_t n : {1, 2, 3, 4, 5, 7, 16, 17, 100, 1000, 4097}) {
    const Permutation permutation(n, Rng(3, Stream::test));
    std::vector<int> visits(static_cast<size_t>(n), 0);
    for (int64_t i = 0; i < n; ++i) ++visits.at(static_cast<size_t>(permutation(i)));
    for (const int v : visits) ASSERT_EQ(v, 1) << "n = " << n;
  }
}

TEST(Permutation, HugeSizesStayInRange) {
  const int64_t n = (int64_t{1} << 41) + 12345;
  const Permutation permutation(n, Rng(3, Stream::test));
  for (int64_t i = 0; i < 1000; ++i) {
    const int64_t image = permutation(n - 1 - i);
    ASSERT_GE(image, 0);
    ASSERT_LT(image, n);
  }
}

TEST(Permutation, PositionsAreUniformOverSeeds) {
  // Where element 0 of 10 goes, over 5000 seeds: expected 500 each, standard deviation 21.
  std::vector<int> counts(10, 0);
  for (uint64_t seed = 0; seed < 5000; ++seed)
    ++counts[static_cast<size_t>(Permutation(10, Rng(seed, Stream::test))(0))];
  for (const int c : counts) EXPECT_NEAR(c, 500, 110);
}

TEST(Permutation, NeighboursAreNotCorrelated) {
  const int64_t n = 5000;
  const Permutation permutation(n, Rng(11, Stream::test));
  double product = 0, square = 0;
  const double mean = (static_cast<double>(n) - 1) / 2;
  for (int64_t i = 0; i + 1 < n; ++i) {
    const double a = static_cast<double>(permutation(i)) - mean;
    product += a * (static_cast<double>(permutation(i + 1)) - mean);
    square += a * a;
  }
  EXPECT_LT(std::abs(product / square), 5 / std::sqrt(static_cast<double>(n)));
}

TEST(Permutation, SeedAndSubstreamChangeTheOrder) {
  const Permutation a(1000, Rng(1, Stream::test)), b(1000, Rng(2, Stream::test)),
      c(1000, Rng(1, Stream::test, 1));
  int same_b = 0, same_c = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    same_b += a(i) == b(i);
    same_c += a(i) == c(i);
  }
  EXPECT_LT(same_b, 10);
  EXPECT_LT(same_c, 10);
}

}  // namespace
}  // namespace coldstart::data
