#include "coldstart/data/augment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace coldstart::data {
namespace {

constexpr int64_t T = 50;
constexpr int32_t kOriginal = 77, kMask = 300;

std::vector<int32_t> augmented(const AugmentOptions& options, int64_t first, int64_t sequences,
                               uint64_t seed = 1) {
  std::vector<int32_t> tokens(static_cast<size_t>(sequences * T), kOriginal);
  Augmenter(options, seed).apply(first, T, tokens);
  return tokens;
}

double share(const std::vector<int32_t>& tokens, int32_t token) {
  return static_cast<double>(std::count(tokens.begin(), tokens.end(), token)) /
         static_cast<double>(tokens.size());
}

TEST(Augmenter, OffLeavesEveryTokenAlone) {
  EXPECT_EQ(share(augmented({.vocab = 256}, 0, 10), kOriginal), 1);
}

TEST(Augmenter, ReplacesTheShareAskedForByTokensOfTheVocabulary) {
  const auto tokens = augmented({.random_tokens = 0.2, .vocab = 100}, 0, 400);
  // One in a hundred draws is the token itself.
  EXPECT_NEAR(share(tokens, kOriginal), 0.8 + 0.2 / 100, 4 * std::sqrt(0.2 * 0.8 / 20'000));
  std::vector<int> seen(100);
  for (const int32_t token : tokens) {
    ASSERT_TRUE(token >= 0 && token < 100);
    ++seen[static_cast<size_t>(token)];
  }
  for (const int count : seen) EXPECT_GT(count, 10) << "40 expected";
}

// Every position is masked with the same probability, those at the start of a sequence too.
TEST(Augmenter, MasksTheShareAskedForAtEveryPosition) {
  constexpr int64_t kSequences = 4000;
  for (const int64_t span : {1, 5}) {
    const auto tokens =
        augmented({.masked_tokens = 0.3, .mask_span = span, .mask_token = kMask, .vocab = 100}, 0,
                  kSequences);
    const double sd = std::sqrt(0.3 * 0.7 / kSequences);
    for (const int64_t t : {int64_t{0}, int64_t{1}, int64_t{7}, T - 1}) {
      double masked = 0;
      for (int64_t s = 0; s < kSequences; ++s)
        masked += tokens[static_cast<size_t>(s * T + t)] == kMask ? 1 : 0;
      EXPECT_NEAR(masked / kSequences, 0.3, 4.5 * sd) << "position " << t << ", spans of " << span;
    }
  }
}

TEST(Augmenter, SpansHaveTheirLength) {
  const auto tokens =
      augmented({.masked_tokens = 0.1, .mask_span = 4, .mask_token = kMask, .vocab = 100}, 0, 200);
  int64_t shortest = T;
  for (int64_t s = 0; s < 200; ++s) {
    int64_t length = 0;
    for (int64_t t = 0; t < T; ++t) {
      if (tokens[static_cast<size_t>(s * T + t)] == kMask) {
        ++length;
      } else {
        // Those at the edges of a sequence may be cut.
        if (length > 0 && t != length) shortest = std::min(shortest, length);
        length = 0;
      }
    }
  }
  EXPECT_EQ(shortest, 4);
}

TEST(Augmenter, IsAFunctionOfSeedAndSequence) {
  const AugmentOptions options{.random_tokens = 0.3,
                               .masked_tokens = 0.2,
                               .mask_span = 3,
                               .mask_token = kMask,
                               .vocab = 100};
  const auto whole = augmented(options, 10, 4);
  std::vector<int32_t> parts;
  for (int64_t first = 10; first < 14; ++first) {
    const auto one = augmented(options, first, 1);
    parts.insert(parts.end(), one.begin(), one.end());
  }
  EXPECT_EQ(whole, parts) << "however a step is cut into micro-batches";
  EXPECT_NE(whole, augmented(options, 11, 4));
  EXPECT_NE(whole, augmented(options, 10, 4, 2));
}

}  // namespace
}  // namespace coldstart::data
