#include "coldstart/model/sampler.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "coldstart/core/error.h"

namespace coldstart::model {
namespace {

const std::vector<float> kLogits = {1.0f, 3.0f, 2.0f, 3.0f, -1.0f};

std::array<double, 5> frequencies(const SamplerOptions& options, int draws = 40000) {
  Sampler sampler(options);
  std::array<double, 5> count{};
  for (int i = 0; i < draws; ++i)
    count[static_cast<size_t>(sampler.sample(kLogits))] += 1.0 / draws;
  return count;
}

TEST(Sampler, TemperatureZeroTakesTheLargestAndTheFirstOfEquals) {
  Sampler sampler({.temperature = 0});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sampler.sample(kLogits), 1);
}

TEST(Sampler, FrequenciesFollowTheSoftmax) {
  const auto f = frequencies({.temperature = 2});
  double total = 0;
  for (const float z : kLogits) total += std::exp(z / 2);
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(f[i], std::exp(kLogits[i] / 2) / total, 0.01) << i;
}

TEST(Sampler, TopKKeepsTheKLargest) {
  const auto f = frequencies({.top_k = 2});
  EXPECT_NEAR(f[1], 0.5, 0.02);
  EXPECT_NEAR(f[3], 0.5, 0.02);
}

TEST(Sampler, TopPKeepsTheSmallestSetThatReachesIt) {
  const auto f = frequencies({.top_p = 0.6});  // tokens 1 and 3 hold 0.39 each
  EXPECT_NEAR(f[1] + f[3], 1, 1e-9);
  EXPECT_GT(frequencies({.top_p = 0.8})[2], 0.1);
}

TEST(Sampler, SameSeedSameTokens) {
  Sampler a({.seed = 5}), b({.seed = 5}), c({.seed = 6});
  int different = 0;
  for (int i = 0; i < 100; ++i) {
    const int32_t token = a.sample(kLogits);
    EXPECT_EQ(token, b.sample(kLogits));
    different += token != c.sample(kLogits);
  }
  EXPECT_GT(different, 0);
}

TEST(Sampler, OptionsOutOfRangeAreRefused) {
  EXPECT_THROW(Sampler({.temperature = -1}), ConfigError);
  EXPECT_THROW(Sampler({.temperature = std::numeric_limits<double>::infinity()}), ConfigError);
  EXPECT_THROW(Sampler({.top_k = -1}), ConfigError);
  EXPECT_THROW(Sampler({.top_p = 0}), ConfigError);
  EXPECT_THROW(Sampler({.top_p = 1.5}), ConfigError);
}

}  // namespace
}  // namespace coldstart::model
