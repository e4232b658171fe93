// One row of a batch: a window of T+1 tokens as (tokens, targets); shared by loader and evaluation.
// Test: tests/data/loader_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "coldstart/data/shard_format.h"

namespace coldstart::data {

inline constexpr int32_t kNoTarget = -1;  // a padded position: weight zero in the loss

// Row b of the (B, T) arrays gets tokens [start, start + count) and targets one further on; the
// other T - count positions get token 0 and kNoTarget.
void fill_row(const TokenView& source, int64_t start, int64_t count, int64_t T, int64_t b,
              std::span<int32_t> tokens, std::span<int32_t> targets);

// DataError, naming the sizes, when there are fewer than T+1 tokens.
void require_one_sequence(const TokenView& source, int64_t T, std::string_view what);

}  // namespace coldstart::data
