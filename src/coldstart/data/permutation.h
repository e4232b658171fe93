// A pseudo-random permutation of 0..n-1 that is computed, not stored: element i in O(1).
//
// A balanced Feistel network on 2b bits, 4^b >= n: (left, right) -> (right, left ^ f(round,
// right)), with Philox as round function; values that fall outside 0..n-1 are sent through again
// (cycle walking; fewer than 4 rounds trips on average). Black & Rogaway, "Ciphers with Arbitrary
// Finite Domains", CT-RSA 2002. Test: tests/data/permutation_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/random.h"

namespace coldstart::data {

class Permutation {
 public:
  // The permutation belongs to the random stream: another seed or substream gives another one.
  Permutation(int64_t n, const Rng& rng);  // n >= 1

  int64_t operator()(int64_t i) const;  // 0 <= i < n

 private:
  uint64_t encrypt(uint64_t x) const;

  int64_t n_;
  int half_bits_;
  Rng rng_;
};

}  // namespace coldstart::data
