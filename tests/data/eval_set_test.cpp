#include "coldstart/data/eval_set.h"

#include <gtest/gtest.h>

#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/data/windows.h"
#include "tests/data/memory_tokens.h"

namespace coldstart::data {
namespace {

// How often each token is a target, over all batches of B sequences.
std::vector<int> target_counts(const EvalSet& set, int64_t size, int64_t B, int64_t T) {
  std::vector<int> counts(static_cast<size_t>(size), 0);
  const auto elements = static_cast<size_t>(B * T);
  std::vector<int32_t> tokens(elements), targets(elements);
  for (int64_t first = 0; first < set.sequences(); first += B) {
    set.fill(first, tokens, targets);
    for (size_t i = 0; i < elements; ++i) {
      if (targets[i] == kNoTarget) {
        EXPECT_EQ(tokens[i], 0);
        continue;
      }
      EXPECT_EQ(targets[i], tokens[i] + 1);
      ++counts[static_cast<size_t>(targets[i])];
    }
  }
  return counts;
}

TEST(EvalSet, CountsEveryTokenOnceWhateverTheBatch) {
  for (const int64_t size : {17, 18, 32, 33, 34, 1000})
    for (const int64_t B : {1, 3, 7}) {
      const CountingTokens data(size);
      const EvalSet set(data.view(), 16, 0);
      EXPECT_EQ(set.predicted_tokens(), size - 1);
      const auto counts = target_counts(set, size, B, 16);
      EXPECT_EQ(counts[0], 0) << "the first token has nothing before it";
      for (size_t i = 1; i < counts.size(); ++i) EXPECT_EQ(counts[i], 1) << i << " of " << size;
    }
}

TEST(EvalSet, ASmallerSetIsSpreadOverTheShardAndHasWholeWindows) {
  const CountingTokens data(1601);
  const EvalSet set(data.view(), 16, 150);
  EXPECT_EQ(set.sequences(), 10);
  EXPECT_EQ(set.predicted_tokens(), 160);
  const auto counts = target_counts(set, 1601, 4, 16);
  int first_half = 0, all = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    EXPECT_LE(counts[i], 1);
    all += counts[i];
    if (i < 800) first_half += counts[i];
  }
  EXPECT_EQ(all, 160);
  EXPECT_EQ(first_half, 80);
}

TEST(EvalSet, AskingForMoreThanThereIsGivesAll) {
  const CountingTokens data(100);
  EXPECT_EQ(EvalSet(data.view(), 16, 1'000'000).predicted_tokens(), 99);
}

TEST(EvalSet, TooShortIsAnError) {
  const CountingTokens data(16);
  EXPECT_THROW(EvalSet(data.view(), 16, 0), DataError);
}

}  // namespace
}  // namespace coldstart::data
