#include "coldstart/data/loader.h"

#include <algorithm>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/random.h"
#include "coldstart/data/permutation.h"
#include "coldstart/data/windows.h"

namespace coldstart::data {

BatchLoader::BatchLoader(TokenView tokens, int64_t T, uint64_t seed)
    : tokens_(tokens), T_(T), seed_(seed) {
  require_one_sequence(tokens, T, "training data");
  // One window less than fits where the shard allows it: the room that is left is the offset's, and
  // every offset gives the same number of windows.
  windows_ = std::max<int64_t>(1, (tokens.size - T) / T);
  offsets_ = tokens.size - windows_ * T;
}

int64_t BatchLoader::start_of(int64_t sequence) const {
  COLDSTART_CHECK(sequence >= 0, "sequence {}", sequence);
  const int64_t epoch = sequence / windows_;
  const Rng rng(seed_, Stream::data_order, narrow<uint32_t>(epoch));
  return start_of_window(epoch, Permutation(windows_, rng)(sequence % windows_));
}

int64_t BatchLoader::start_of_window(int64_t epoch, int64_t window) const {
  const Rng rng(seed_, Stream::data_order, narrow<uint32_t>(epoch));
  return static_cast<int64_t>(rng.below(0, static_cast<uint64_t>(offsets_))) + window * T_;
}

void BatchLoader::fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) const {
  const int64_t B = div_exact(static_cast<int64_t>(tokens.size()), T_);
  for (int64_t b = 0; b < B; ++b)
    fill_row(tokens_, start_of(first + b), T_, T_, b, tokens, targets);
}

}  // namespace coldstart::data
