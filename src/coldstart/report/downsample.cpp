#include "coldstart/report/downsample.h"

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::report {

namespace {

// The indices to keep of [begin, end), one bucket.
void keep_bucket(std::span<const double> y, size_t begin, size_t end, std::vector<size_t>& keep) {
  size_t low = end, high = end, gap = end;
  for (size_t i = begin; i < end; ++i) {
    if (!std::isfinite(y[i])) {
      if (gap == end) gap = i;
      continue;
    }
    if (low == end || y[i] < y[low]) low = i;
    if (high == end || y[i] > y[high]) high = i;
  }
  size_t wanted[] = {begin, low, high, gap, end - 1};
  std::ranges::sort(wanted);
  for (const size_t i : wanted)
    if (i < end && (keep.empty() || keep.back() != i)) keep.push_back(i);
}

}  // namespace

std::vector<size_t> keep_extremes(std::span<const double> x, std::span<const double> y,
                                  size_t points) {
  COLDSTART_CHECK(x.size() == y.size(), "{} x for {} y", x.size(), y.size());
  std::vector<size_t> keep;
  if (y.size() <= points || y.empty()) {
    for (size_t i = 0; i < y.size(); ++i) keep.push_back(i);
    return keep;
  }
  const size_t buckets = std::max<size_t>(1, points / 4);
  const double width = (x.back() - x.front()) / static_cast<double>(buckets);
  size_t begin = 0;
  for (size_t bucket = 0; bucket < buckets && begin < y.size(); ++bucket) {
    const double limit = x.front() + width * static_cast<double>(bucket + 1);
    size_t end = begin;
    while (end < y.size() && (x[end] < limit || bucket + 1 == buckets)) ++end;
    if (end > begin) keep_bucket(y, begin, end, keep);
    begin = end;
  }
  return keep;
}

}  // namespace coldstart::report
