// Counter-based random numbers: value = f(seed, stream, index), no hidden state.
//
// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC11), from
// Random123. The key holds seed, the counter holds stream and index; so any value can be drawn in
// any order, by any thread, and a resumed run continues exactly. Test: tests/core/random_test.cpp.
#pragma once

#include <array>
#include <cstdint>

namespace coldstart {

// What a stream of numbers is for; one stream a purpose, so that two purposes never share numbers.
enum class Stream : uint32_t {
  init = 1,               // weight initialisation; substream = index of the parameter
  data_order = 2,         // shuffling; substream = epoch
  data_split = 3,         // train/validation split
  dropout = 4,            // substream = place in the model
  sampling = 5,           // text generation
  corpus = 6,             // builtin:stories
  probe = 7,              // fixed probes and samples of rows
  optimizer = 8,          // second moments that start at random; substream = index of the parameter
  augmentation = 10,      // of training tokens; substream = kind
  random_direction = 12,  // gradients of an initial phase (adapt/early_phase.h); the same
  test = 99,
};

class Rng {
 public:
  Rng(uint64_t seed, Stream stream, uint32_t substream = 0)
      : seed_(seed), stream_(static_cast<uint32_t>(stream)), substream_(substream) {}

  std::array<uint32_t, 4> block(uint64_t index) const;  // 128 random bits

  uint64_t bits(uint64_t index) const;               // 64 random bits
  double uniform(uint64_t index) const;              // [0, 1), 53 bits
  double normal(uint64_t index) const;               // N(0, 1), Box-Muller on one block
  uint64_t below(uint64_t index, uint64_t n) const;  // 0 .. n-1; bias below 2^-64 * n

 private:
  uint64_t seed_;
  uint32_t stream_;
  uint32_t substream_;
};

}  // namespace coldstart
