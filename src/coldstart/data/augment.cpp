#include "coldstart/data/augment.h"

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"

namespace coldstart::data {

namespace {

enum Kind : uint32_t { random_kind, mask_kind };

// A generator of one sequence.
Rng rng_of(uint64_t seed, Kind kind, int64_t sequence) {
  const uint64_t own = Rng(seed, Stream::augmentation, kind).bits(static_cast<uint64_t>(sequence));
  return {own, Stream::augmentation, kind};
}

}  // namespace

void Augmenter::apply(int64_t first_sequence, int64_t T, std::span<int32_t> tokens) const {
  if (!options_.on()) return;
  const int64_t B = div_exact(std::ssize(tokens), T);
  parallel_for(B, 1, [&](int64_t b, int64_t, int64_t) {
    const auto row = tokens.subspan(static_cast<size_t>(b * T), static_cast<size_t>(T));
    if (options_.random_tokens > 0) replace(first_sequence + b, row);
    if (options_.masked_tokens > 0) mask(first_sequence + b, row);
  });
}

void Augmenter::replace(int64_t sequence, std::span<int32_t> tokens) const {
  const Rng rng = rng_of(seed_, random_kind, sequence);
  for (size_t t = 0; t < tokens.size(); ++t) {
    if (rng.uniform(2 * t) < options_.random_tokens)
      tokens[t] = static_cast<int32_t>(rng.below(2 * t + 1, static_cast<uint64_t>(options_.vocab)));
  }
}

void Augmenter::mask(int64_t sequence, std::span<int32_t> tokens) const {
  const Rng rng = rng_of(seed_, mask_kind, sequence);
  const int64_t span = options_.mask_span, T = std::ssize(tokens);
  const double begins = 1 - std::pow(1 - options_.masked_tokens, 1 / static_cast<double>(span));
  int64_t masked_until = 0;
  for (int64_t at = 1 - span; at < T; ++at) {
    if (rng.uniform(static_cast<uint64_t>(at + span - 1)) < begins) masked_until = at + span;
    if (at >= 0 && at < masked_until) tokens[static_cast<size_t>(at)] = options_.mask_token;
  }
}

}  // namespace coldstart::data
