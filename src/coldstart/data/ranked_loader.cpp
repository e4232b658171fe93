#include "coldstart/data/ranked_loader.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "coldstart/core/error.h"
#include "coldstart/core/random.h"
#include "coldstart/data/permutation.h"
#include "coldstart/data/windows.h"

namespace coldstart::data {

RankedLoader::RankedLoader(TokenView tokens, const BlockScores& scores, int64_t T, uint64_t seed,
                           bool hardest_first)
    : tokens_(tokens),
      loader_(tokens, T, seed),
      T_(T),
      block_tokens_(scores.block_tokens),
      seed_(seed),
      hardest_first_(hardest_first),
      checksum_(scores.checksum()),
      sums_(scores.sums()) {
  const int64_t expected = div_up(tokens.size, block_tokens_);
  if (std::ssize(scores.bits_per_byte) != expected)
    throw DataError("block scores",
                    fmt::format("they belong to another shard; got {} blocks, expected {}",
                                scores.bits_per_byte.size(), expected),
                    kPrepareAgain);
}

int64_t RankedLoader::open_windows(double share) const {
  const auto n = static_cast<double>(loader_.sequences_per_epoch());
  return std::clamp<int64_t>(static_cast<int64_t>(std::ceil(share * n)), 1,
                             loader_.sequences_per_epoch());
}

// Sum of the scores of all tokens before this one.
double RankedLoader::sum_before(int64_t token) const {
  const auto block = static_cast<size_t>(token / block_tokens_);
  const double inside = static_cast<double>(token % block_tokens_);
  if (inside == 0) return sums_[block];
  return sums_[block] +
         (sums_[block + 1] - sums_[block]) * inside / static_cast<double>(block_tokens_);
}

double RankedLoader::difficulty(int64_t start) const {
  return sum_before(start + T_) - sum_before(start);
}

const std::vector<int64_t>& RankedLoader::ranked(int64_t pass) {
  if (ranked_pass_ == pass) return ranked_;
  const auto n = static_cast<size_t>(loader_.sequences_per_epoch());
  std::vector<double> difficulties(n);
  for (size_t w = 0; w < n; ++w)
    difficulties[w] = difficulty(loader_.start_of_window(pass, static_cast<int64_t>(w)));
  ranked_.resize(n);
  std::iota(ranked_.begin(), ranked_.end(), int64_t{0});
  const double sign = hardest_first_ ? -1 : 1;
  std::stable_sort(ranked_.begin(), ranked_.end(), [&](int64_t a, int64_t b) {
    return sign * difficulties[static_cast<size_t>(a)] <
           sign * difficulties[static_cast<size_t>(b)];
  });
  ranked_pass_ = pass;
  return ranked_;
}

int64_t RankedLoader::start_of(int64_t sequence, double share) {
  const int64_t m = open_windows(share);
  if (m == loader_.sequences_per_epoch()) return loader_.start_of(sequence);
  const int64_t pass = sequence / m;
  const Permutation order(m, Rng(seed_, Stream::data_order, narrow<uint32_t>(pass)));
  const int64_t window = ranked(pass)[static_cast<size_t>(order(sequence % m))];
  return loader_.start_of_window(pass, window);
}

void RankedLoader::fill(int64_t first, double share, std::span<int32_t> tokens,
                        std::span<int32_t> targets) {
  const int64_t B = div_exact(static_cast<int64_t>(tokens.size()), T_);
  for (int64_t b = 0; b < B; ++b)
    fill_row(tokens_, start_of(first + b, share), T_, T_, b, tokens, targets);
}

}  // namespace coldstart::data
