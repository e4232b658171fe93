#include "coldstart/data/permutation.h"

#include <bit>

#include "coldstart/core/error.h"

namespace coldstart::data {

namespace {
// Four rounds are a pseudo-random permutation in theory (Luby & Rackoff); on the few bits of a
// small n more of them cost nothing that matters.
constexpr uint64_t kRounds = 6;
// Round functions draw from the upper half of the stream's indices, so that an owner of the same
// stream may draw numbers of its own from 0 upwards.
constexpr uint64_t kFirstIndex = uint64_t{1} << 63;
}  // namespace

Permutation::Permutation(int64_t n, const Rng& rng) : n_(n), rng_(rng) {
  COLDSTART_CHECK(n >= 1, "a permutation of {} elements", n);
  half_bits_ = (static_cast<int>(std::bit_width(static_cast<uint64_t>(n - 1))) + 1) / 2;
  COLDSTART_CHECK(half_bits_ <= 30, "a permutation of {} elements", n);
}

uint64_t Permutation::encrypt(uint64_t x) const {
  const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
  uint64_t left = x >> half_bits_, right = x & mask;
  for (uint64_t round = 0; round < kRounds; ++round) {
    const uint64_t f = rng_.bits(kFirstIndex | round << 32 | right) & mask;
    const uint64_t next = left ^ f;
    left = right;
    right = next;
  }
  return left << half_bits_ | right;
}

int64_t Permutation::operator()(int64_t i) const {
  COLDSTART_CHECK(i >= 0 && i < n_, "element {} of {}", i, n_);
  auto x = static_cast<uint64_t>(i);
  do x = encrypt(x);
  while (x >= static_cast<uint64_t>(n_));
  return static_cast<int64_t>(x);
}

}  // namespace coldstart::data
