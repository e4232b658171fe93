// Dropout: which elements of an activation a training pass leaves out, as a pure function of a
// counter.
//
//   kept    16 bits of Philox(key, counter) >= threshold, threshold = round(rate 2^16)
//   y = x scale where kept, else 0;  scale = 1 / (1 - threshold 2^-16), so that E[y] = x
//
// The key is drawn from (seed, site, number of the sequence in the run). Element i of a sequence
// takes half i mod 8 of the block with counter (i / 8, 0, 0); the attention weight of query t, key
// u and head h takes half u mod 8 of (t, u / 8, h). So a mask does not depend on threads, on how a
// step is cut into micro-batches, or on when it is drawn: the backward pass, recomputation and a
// resumed run draw it again. A site (a place in the model) has masks of its own.
// Sources: Srivastava et al., Dropout, 2014; Salmon et al., Parallel Random Numbers: As Easy as 1,
// 2, 3, 2011 (Philox4x32-10). Test: tests/kernels/dropout_test.cpp.
#pragma once

#include <array>
#include <cstdint>

namespace coldstart::kernels {

struct Dropout {
  double rate = 0;  // below 1; 0: everything is kept
  uint64_t seed = 0;
  uint32_t site = 0;
  int64_t first_sequence = 0;  // of the batch, counted from the start of the run

  uint32_t threshold() const;  // of 65536
  bool on() const { return threshold() > 0; }
  double scale() const;
  // Of sequence number first_sequence + b.
  std::array<uint32_t, 2> key(int64_t b) const;
};

inline constexpr int64_t kDropoutBlock = 8;  // elements a counter decides on

// The numbers that decide on the elements of one counter, each below 65536, in order.
std::array<uint32_t, kDropoutBlock> dropout_numbers(const std::array<uint32_t, 2>& key,
                                                    const std::array<uint32_t, 3>& counter);

}  // namespace coldstart::kernels
