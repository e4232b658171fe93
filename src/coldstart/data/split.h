// Train/validation split by blocks: the text is cut into contiguous blocks, and whole blocks go to
// one side or the other, so that no validation text was seen in training.
//
// A block ends at the first line feed at or after its nominal size (or, in text without line feeds,
// at twice that size, between two characters). Which blocks are for validation is chosen by a
// pseudo-random permutation of the seed: exactly round(val_fraction * blocks), at least one, never
// all. Test: tests/data/split_test.cpp.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace coldstart::data {

struct Block {
  std::string_view text;
  bool validation = false;
};

struct SplitOptions {
  double val_fraction = 0.1;  // in (0, 1)
  int64_t block_bytes = 0;    // 0 = default_block_bytes
  uint64_t seed = 1;
};

// 64 KiB while the text has 100 such blocks, then a hundredth of the text down to 4 KiB, then a
// twentieth of it.
int64_t default_block_bytes(int64_t text_bytes);

void check_options(const SplitOptions& options);  // ConfigError for impossible ones

// The blocks, in the order of the text, every byte in exactly one. ConfigError for impossible
// options, DataError, naming the sizes, when the text has fewer than two blocks.
std::vector<Block> split_blocks(std::string_view text, const SplitOptions& options);

}  // namespace coldstart::data
