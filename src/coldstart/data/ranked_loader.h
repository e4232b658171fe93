// RankedLoader: the windows of an epoch by their difficulty, of which only a share c is open.
//
//   m = ceil(c n) of n windows are open, the easiest (or hardest) first, ties by position;
//   pass = s / m;  start(s) = window number ranked(pass)[permutation_m(pass)(s mod m)]
//   c = 1: BatchLoader, the same bytes
// A window's difficulty is the mean score of its tokens' blocks; a pass cuts the shard at its own
// offset, so it has its own ranks. A pure function of (seed, s, c), with the ranks of one pass kept
// at hand. Where c changes in the middle of a pass, a window may come a second time before the
// others have come once. Test: tests/data/ranked_loader_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coldstart/data/block_scores.h"
#include "coldstart/data/loader.h"

namespace coldstart::data {

class RankedLoader : public GradedLoader {
 public:
  // The tokens must outlive the loader. DataError as for BatchLoader, and when the scores are of
  // another shard.
  RankedLoader(TokenView tokens, const BlockScores& scores, int64_t T, uint64_t seed,
               bool hardest_first);

  int64_t open_windows(double share) const;  // m
  int64_t start_of(int64_t sequence, double share);
  // Sequences [first, first + B), as BatchLoader::fill.
  void fill(int64_t first, double share, std::span<int32_t> tokens,
            std::span<int32_t> targets) override;
  std::string checksum() const override { return checksum_; }

 private:
  double difficulty(int64_t start) const;  // of the window that begins there
  double sum_before(int64_t token) const;
  const std::vector<int64_t>& ranked(int64_t pass);

  TokenView tokens_;
  BatchLoader loader_;
  int64_t T_, block_tokens_;
  uint64_t seed_;
  bool hardest_first_;
  std::string checksum_;
  std::vector<double> sums_;  // BlockScores::sums
  int64_t ranked_pass_ = -1;
  std::vector<int64_t> ranked_;  // windows of that pass, in the order in which they open
};

}  // namespace coldstart::data
