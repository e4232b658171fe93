// A quantile of sorted numbers, linear between two of them: share 0 is the first, 1 the last, 0.5
// the median. Test: tests/metrics/five_numbers_test.cpp, tests/train/clip_window_test.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "coldstart/core/error.h"

namespace coldstart {

inline double quantile(std::span<const double> sorted, double share) {
  COLDSTART_CHECK(!sorted.empty(), "a quantile of nothing");
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

}  // namespace coldstart
