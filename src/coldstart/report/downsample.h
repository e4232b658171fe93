// Fewer points for the same picture: every spike stays.
//
// The x range is cut into equal buckets, and of each the first, the lowest, the highest and the
// last point are kept: a line through them covers the same pixels as the line through all, when a
// bucket is no wider than a pixel (Jugel et al. 2014, "M4"). A point that is not finite ends a
// line; the first of a bucket is kept, so that the gap stays. Test:
// tests/report/downsample_test.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace coldstart::report {

// Indices into y to keep, increasing, at most about `points`; all of them when there are no more.
// x increases.
std::vector<size_t> keep_extremes(std::span<const double> x, std::span<const double> y,
                                  size_t points);

}  // namespace coldstart::report
