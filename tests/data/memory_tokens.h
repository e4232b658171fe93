// Tokens 0, 1, 2, ... in memory, so that a test reads positions off the values.
#pragma once

#include <numeric>
#include <vector>

#include "coldstart/data/shard_format.h"

namespace coldstart::data {

struct CountingTokens {
  explicit CountingTokens(int64_t size) : values(static_cast<size_t>(size)) {
    std::iota(values.begin(), values.end(), 0u);
  }
  TokenView view() const {
    const auto size = static_cast<int64_t>(values.size());
    return {reinterpret_cast<const std::byte*>(values.data()), size, 4, size, size, 0};
  }
  std::vector<uint32_t> values;
};

}  // namespace coldstart::data
