// A quantile of sorted numbers, linear between two of them: share 0 is the first, 1 the last, 0.5
// the median. Test: tests/metrics/five_numbers_test.cpp, tests/adapt/clip_window_test.cpp,
// tests/core/quantile_test.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "coldstart/core/error.h"

namespace coldstart {

inline double quantile(std::span<const double> sorted, double share) {
  COLDSTART_CHECK(!sorted.empty(), "a quantile of nothing");
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

// The middle one of the numbers; of an even count the upper of the two.
inline double upper_median(std::vector<double> values) {
  COLDSTART_CHECK(!values.empty(), "a median of nothing");
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace coldstart
