#include "coldstart/data/loader.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "coldstart/core/error.h"
#include "tests/data/memory_tokens.h"

namespace coldstart::data {
namespace {

struct Rows {
  std::vector<int32_t> tokens, targets;
  bool operator==(const Rows&) const = default;
};

Rows rows(const BatchLoader& loader, int64_t first, int64_t B, int64_t T) {
  Rows r{std::vector<int32_t>(static_cast<size_t>(B * T)),
         std::vector<int32_t>(static_cast<size_t>(B * T))};
  loader.fill(first, r.tokens, r.targets);
  return r;
}

TEST(Loader, TargetsAreTheNextTokens) {
  const CountingTokens data(1000);
  const BatchLoader loader(data.view(), 16, 1);
  const Rows r = rows(loader, 0, 8, 16);
  for (size_t i = 0; i < r.tokens.size(); ++i) {
    EXPECT_EQ(r.targets[i], r.tokens[i] + 1);
    EXPECT_EQ(r.tokens[i], r.tokens[i / 16 * 16] + static_cast<int>(i % 16));
  }
}

TEST(Loader, AnEpochSeesDisjointWindowsThatCoverAllButLessThanTwoSequences) {
  for (const int64_t size : {17, 18, 31, 32, 33, 47, 48, 1000, 1001, 1015}) {
    const CountingTokens data(size);
    const BatchLoader loader(data.view(), 16, 7);
    const int64_t n = loader.sequences_per_epoch();
    for (int64_t epoch = 0; epoch < 3; ++epoch) {
      std::set<int32_t> seen;
      const Rows r = rows(loader, epoch * n, n, 16);
      seen.insert(r.tokens.begin(), r.tokens.end());
      EXPECT_EQ(seen.size(), static_cast<size_t>(n * 16)) << "a token was seen twice";
      EXPECT_LT(size - n * 16, 32);
    }
  }
}

TEST(Loader, EveryTokenIsPredictedInSomeEpoch) {
  const CountingTokens data(100);
  const BatchLoader loader(data.view(), 16, 7);
  std::set<int32_t> predicted;
  const Rows r = rows(loader, 0, 60 * loader.sequences_per_epoch(), 16);
  predicted.insert(r.targets.begin(), r.targets.end());
  EXPECT_EQ(predicted.size(), 99u);
}

TEST(Loader, EpochsDifferInOrderAndOffset) {
  const CountingTokens data(2000);
  const BatchLoader loader(data.view(), 16, 7);
  const int64_t n = loader.sequences_per_epoch();
  std::set<int64_t> offsets;
  for (int64_t epoch = 0; epoch < 20; ++epoch) offsets.insert(loader.start_of(epoch * n) % 16);
  EXPECT_GT(offsets.size(), 8u);
  EXPECT_NE(rows(loader, 0, n, 16), rows(loader, n, n, 16));
}

TEST(Loader, MicroBatchesAndResumeAreRangesOfSequences) {
  const CountingTokens data(5000);
  const BatchLoader loader(data.view(), 32, 42);
  const Rows whole = rows(loader, 100, 12, 32);
  const BatchLoader resumed(data.view(), 32, 42);  // another process: no state is carried over
  for (int64_t k = 0; k < 3; ++k) {
    const Rows part = rows(resumed, 100 + 4 * k, 4, 32);
    EXPECT_TRUE(std::equal(part.tokens.begin(), part.tokens.end(), whole.tokens.begin() + 128 * k));
  }
}

TEST(Loader, SeedsGiveOtherOrders) {
  const CountingTokens data(5000);
  EXPECT_NE(rows(BatchLoader(data.view(), 32, 1), 0, 8, 32),
            rows(BatchLoader(data.view(), 32, 2), 0, 8, 32));
}

TEST(Loader, OrderIsPinned) {
  // Changing the order changes every training run: do it knowingly.
  const CountingTokens data(100'000);
  const BatchLoader loader(data.view(), 64, 1234);
  const std::vector<int64_t> starts = {loader.start_of(0), loader.start_of(1),
                                       loader.start_of(1'000'000)};
  EXPECT_EQ(starts, (std::vector<int64_t>{71000, 920, 11358}));
}

TEST(Loader, TooShortForOneSequenceNamesTheSizes) {
  const CountingTokens data(16);
  try {
    BatchLoader(data.view(), 16, 1);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(error.message().find("got 16 tokens, expected at least 17"), std::string::npos);
  }
  const CountingTokens enough(17);
  EXPECT_EQ(BatchLoader(enough.view(), 16, 1).sequences_per_epoch(), 1);
}

}  // namespace
}  // namespace coldstart::data
