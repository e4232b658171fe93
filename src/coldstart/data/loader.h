// Training batches: which tokens sequence number s of a run sees, as a pure function of (seed, s).
//
// An epoch cuts the shard into n windows of T+1 tokens at stride T, from a random offset below 2T
// that differs from epoch to epoch, and visits them in the order of a random permutation:
//   s = epoch * n + position,  start(s) = offset(epoch) + permutation(epoch)(position) * T
// So there is no state: a run is resumed by continuing at its sequence number, a longer run sees
// the same prefix, and micro-batches or ranks are ranges of s. Test: tests/data/loader_test.cpp.
#pragma once

#include <cstdint>
#include <span>

#include "coldstart/data/shard_format.h"
#include "coldstart/data/source.h"

namespace coldstart::data {

class BatchLoader : public Loader {
 public:
  // T tokens a sequence. DataError when the shard is shorter than one sequence (T+1 tokens). The
  // tokens must outlive the loader.
  BatchLoader(TokenView tokens, int64_t T, uint64_t seed);

  int64_t sequences_per_epoch() const { return windows_; }

  // Sequences [first, first + B): tokens and targets are (B, T), targets shifted by one.
  // B = tokens.size() / T.
  void fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) const override;

  int64_t start_of(int64_t sequence) const;  // its first token in the shard
  // The same of window 0 .. sequences_per_epoch() - 1 of an epoch, in the order of the text.
  int64_t start_of_window(int64_t epoch, int64_t window) const;

 private:
  TokenView tokens_;
  int64_t T_;
  uint64_t seed_;
  int64_t windows_;  // a whole epoch, the same number in each
  int64_t offsets_;  // offset(epoch) is in [0, offsets_)
};

}  // namespace coldstart::data
