// Curves and what is done to them everywhere in plan/: checked, smoothed, summarised.
//
// A curve is refused (DataError) when its steps repeat or go back: somebody joined two runs, and
// no number from it could be stood behind. Values that are not finite are left out and counted.
// Test: tests/plan/series_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/plan/trial.h"

namespace coldstart::plan {

struct Curve {
  std::vector<int64_t> step;
  std::vector<double> value;
  int64_t missing = 0;  // entries that were not finite

  size_t size() const { return step.size(); }
};

// An empty column is an empty curve. `where` names the curve: "s1/7 val".
Curve curve_of(const std::vector<int64_t>& step, const std::vector<double>& value,
               std::string_view where);
Curve val_curve(const Trial& trial);    // evals.val
Curve train_curve(const Trial& trial);  // evals.train
Curve loss_curve(const Trial& trial);   // steps.loss

// "s1/7", or "trial 7" when it has no name.
std::string name_of(const Trial& trial);

// Mean over the `width` (odd) values around each; at the ends over those that exist.
std::vector<double> centred_mean(std::span<const double> values, size_t width);

// The same with short spikes (at most four values in a row) cut down to the median of the nine
// values around them: what lies above that by more than 6 standard deviations of one value. These
// are from the median size of v_i - (v_(i-5) + v_(i+5)) / 2, which no straight trend changes. The
// first and the last four values stay: there a spike cannot be told from a slope.
std::vector<double> without_spikes(std::span<const double> values);

double mean(std::span<const double> values);
double variance(std::span<const double> values);  // divided by n - 1; 0 of fewer than two
double median_of(std::vector<double> values);     // NaN of nothing
double mad(std::span<const double> values);       // median distance to the median, unscaled

struct Line {
  double level = 0;     // at the mean of x
  double slope = 0;     // a unit of x
  double slope_se = 0;  // for independent residuals
};
// Least squares; slope 0 when all x are equal.
Line fit_line(std::span<const double> x, std::span<const double> y);

}  // namespace coldstart::plan
