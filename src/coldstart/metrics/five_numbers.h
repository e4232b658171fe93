// Five numbers that describe many: minimum, lower quartile, median, upper quartile, maximum.
// Quantiles between two values are interpolated linearly. Test:
// tests/metrics/five_numbers_test.cpp.
#pragma once

#include <array>
#include <vector>

namespace coldstart::metrics {

using FiveNumbers = std::array<double, 5>;

// values: at least one, none NaN; sorted in place.
FiveNumbers five_numbers(std::vector<double>& values);

}  // namespace coldstart::metrics
