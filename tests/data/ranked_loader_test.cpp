#include "coldstart/data/ranked_loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "coldstart/core/error.h"
#include "tests/data/memory_tokens.h"

namespace coldstart::data {
namespace {

constexpr int64_t kT = 16, kTokens = 4000;

// Difficulty grows along the shard.
BlockScores rising(int64_t tokens = kTokens) {
  BlockScores scores{.block_tokens = 64, .bits_per_byte = {}};
  for (int64_t k = 0; k < div_up(tokens, scores.block_tokens); ++k)
    scores.bits_per_byte.push_back(static_cast<float>(k));
  return scores;
}

std::vector<int64_t> starts(RankedLoader& loader, int64_t first, int64_t count, double share) {
  std::vector<int64_t> result;
  for (int64_t s = first; s < first + count; ++s) result.push_back(loader.start_of(s, share));
  return result;
}

TEST(RankedLoader, OpensTheEasiestOrTheHardestWindows) {
  const CountingTokens data(kTokens);
  RankedLoader easy(data.view(), rising(), kT, 7, false), hard(data.view(), rising(), kT, 7, true);
  const int64_t n = easy.open_windows(1), m = easy.open_windows(0.25);
  EXPECT_EQ(n, BatchLoader(data.view(), kT, 7).sequences_per_epoch());
  EXPECT_EQ(m, (n + 3) / 4);
  // A pass over the open windows sees each once: the first quarter of the shard, or the last.
  const auto first = starts(easy, 0, m, 0.25), last = starts(hard, 0, m, 0.25);
  EXPECT_EQ(std::set<int64_t>(first.begin(), first.end()).size(), static_cast<size_t>(m));
  EXPECT_EQ(std::set<int64_t>(last.begin(), last.end()).size(), static_cast<size_t>(m));
  EXPECT_LE(std::ranges::max(first), (m + 1) * kT + 2 * kT);
  EXPECT_GE(std::ranges::min(last), (n - m) * kT - 64) << "windows of one block are equal";
  EXPECT_FALSE(std::ranges::is_sorted(first)) << "within them the order is random";
}

TEST(RankedLoader, WithEverythingOpenItIsTheBatchLoader) {
  const CountingTokens data(kTokens);
  RankedLoader ranked(data.view(), rising(), kT, 7, false);
  const BatchLoader plain(data.view(), kT, 7);
  for (const int64_t s : {int64_t{0}, int64_t{3}, int64_t{1000}, int64_t{123'456}})
    EXPECT_EQ(ranked.start_of(s, 1), plain.start_of(s));
}

TEST(RankedLoader, IsAFunctionOfSeedSequenceAndShare) {
  const CountingTokens data(kTokens);
  RankedLoader one(data.view(), rising(), kT, 7, false), other(data.view(), rising(), kT, 7, false);
  const auto forward = starts(one, 0, 300, 0.3);
  // Another process begins in the middle, and has asked for something else before.
  other.start_of(9'999, 0.7);
  EXPECT_EQ(starts(other, 150, 150, 0.3),
            std::vector<int64_t>(forward.begin() + 150, forward.end()));
  RankedLoader reseeded(data.view(), rising(), kT, 8, false);
  EXPECT_NE(starts(reseeded, 0, 300, 0.3), forward);
  std::vector<int32_t> tokens(4 * kT), targets(tokens.size());
  one.fill(10, 0.3, tokens, targets);
  for (size_t b = 0; b < 4; ++b) {
    EXPECT_EQ(tokens[b * kT], forward[10 + b]);
    EXPECT_EQ(targets[b * kT], forward[10 + b] + 1);
  }
}

TEST(RankedLoader, AWindowHasTheMeanScoreOfItsTokens) {
  // Blocks of 8 tokens: only windows that lie across the cheap blocks 10 and 11 are easy.
  const CountingTokens data(400);
  BlockScores scores{.block_tokens = 8, .bits_per_byte = std::vector<float>(50, 5)};
  scores.bits_per_byte[10] = scores.bits_per_byte[11] = 1;
  RankedLoader loader(data.view(), scores, kT, 1, false);
  const int64_t start = loader.start_of(0, 1e-6);  // one window is open
  EXPECT_EQ(loader.open_windows(1e-6), 1);
  const int64_t overlap = std::min(start + kT, int64_t{96}) - std::max(start, int64_t{80});
  EXPECT_GE(overlap, kT / 2);
}

TEST(RankedLoader, RefusesScoresOfAnotherShard) {
  const CountingTokens data(kTokens);
  EXPECT_THROW(RankedLoader(data.view(), rising(kTokens + 64), kT, 1, false), DataError);
}

}  // namespace
}  // namespace coldstart::data
