// From values to places on a picture, linear or logarithmic, and the round numbers on its axes.
// Test: tests/report/svg_scale_test.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace coldstart::report {

// Of the values that an axis has to hold.
struct Range {
  double lo = HUGE_VAL, hi = -HUGE_VAL;
  void add(double value, bool log) {
    if (!std::isfinite(value) || (log && value <= 0)) return;
    lo = std::min(lo, value);
    hi = std::max(hi, value);
  }
  // A line across that is not far away: at most a decade, or the range again.
  void reach(double value, bool log) {
    const bool near =
        log ? value > lo / 10 && value < hi * 10 : value > lo - (hi - lo) && value < hi + (hi - lo);
    if (lo <= hi && near) add(value, log);
  }
};

// From values to places on the picture.
class Scale {
 public:
  Scale(Range range, bool log, double from, double to) : log_(log), from_(from), to_(to) {
    if (range.lo > range.hi) range = {1, 2};
    lo_ = at(range.lo);
    hi_ = at(range.hi);
    if (hi_ - lo_ < 1e-12) lo_ -= 0.5, hi_ += 0.5;
  }
  void widen(double share) {
    const double by = (hi_ - lo_) * share;
    lo_ -= by;
    hi_ += by;
  }
  bool holds(double value) const { return std::isfinite(value) && !(log_ && value <= 0); }
  double operator()(double value) const {
    return from_ + (to_ - from_) * (at(value) - lo_) / (hi_ - lo_);
  }
  double lo() const { return log_ ? std::exp(lo_) : lo_; }
  double hi() const { return log_ ? std::exp(hi_) : hi_; }
  bool log() const { return log_; }

 private:
  double at(double value) const { return log_ ? std::log(value) : value; }
  bool log_;
  double from_, to_, lo_ = 0, hi_ = 1;
};

// Round numbers that cover [lo, hi]: about `count` on a linear axis; on a logarithmic one powers of
// ten, with 2 and 5 between them where the range is short.
std::vector<double> ticks(double lo, double hi, bool log, int count = 6);

}  // namespace coldstart::report
