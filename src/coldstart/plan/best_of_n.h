// Best of m: what the best of m trials would have been, from n that were run.
//
// Drawing m of the n results with replacement, P(best > i-th smallest) = ((n - i) / n)^m exactly,
// so the bootstrap needs no random numbers. Two groups that were tuned with different numbers of
// trials are compared at the smaller one's m. Playbook L899 (its figure of 6 against 20 trials),
// L1025-1034. Test: tests/plan/best_of_n_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// The value that the best of m reaches or falls below with probability `share`; sorted results,
// lower is better, m > 0.
double best_of_quantile(std::span<const double> sorted, int64_t m, double share);
// 99 % interval with the median in the middle; wide, because drawing again from few results
// shows too little of how the best one varies.
Interval best_of(std::span<const double> sorted, int64_t m);

struct BestOfPoint {
  int64_t m = 0;
  double quarter = NAN, median = NAN, three_quarters = NAN;
};
struct BestOfCurve {
  std::vector<BestOfPoint> points;  // m = 1, 2, 4, ..., n
  double next_gain = NAN;           // at most, of another doubling: what the last one gained
};
// NaN results are left out; an empty curve without any.
BestOfCurve best_of_curve(std::vector<double> results);

// SB-04: how many trials lie within sigma of the best, and what the curve says.
Verdict density_verdict(std::vector<double> results, double sigma);

}  // namespace coldstart::plan
