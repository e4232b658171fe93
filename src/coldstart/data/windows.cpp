#include "coldstart/data/windows.h"

#include <algorithm>

#include "coldstart/core/error.h"

namespace coldstart::data {

void fill_row(const TokenView& source, int64_t start, int64_t count, int64_t T, int64_t b,
              std::span<int32_t> tokens, std::span<int32_t> targets) {
  COLDSTART_CHECK(tokens.size() == targets.size() && 0 <= count && count <= T, "{} of {} tokens",
                  count, T);
  const auto row = static_cast<size_t>(b * T), width = static_cast<size_t>(T);
  const auto filled = static_cast<size_t>(count);
  const auto x = tokens.subspan(row, width), y = targets.subspan(row, width);
  if (count > 0) {
    source.read(start, x.first(filled));
    source.read(start + 1, y.first(filled));
  }
  std::fill(x.begin() + count, x.end(), 0);
  std::fill(y.begin() + count, y.end(), kNoTarget);
}

void require_one_sequence(const TokenView& source, int64_t T, std::string_view what) {
  if (source.size > T) return;
  throw DataError(
      what,
      fmt::format(
          "too short for one sequence; got {} tokens, expected at least {} (context {} + 1)",
          source.size, T + 1, T),
      "give more text, or a smaller --model.context");
}

}  // namespace coldstart::data
