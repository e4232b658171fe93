// Noise: how far two results must lie apart before the difference means something.
//
//   measured   sigma = s / c4(n), s the standard deviation of the objective over n reruns of one
//              configuration; interval from chi-square with n - 1 degrees (playbook L1068-1102)
//   seeds      the same from a study whose points were run with several seeds: s^2 pooled over the
//   5
//              points with the best means, sum of squares over sum of (n_i - 1) (ours)
//   missing    lower bound = max(median standard error of the evaluations, standard deviation of
//              one evaluation about its local trend); every verdict is tagged NOISE_LOWER_BOUND
//
// The noise of one evaluation is taken from residuals about a 7-point local line. Neighbouring
// checkpoints are alike, so the line follows part of the noise: with noise of first-order
// correlation phi the residuals' variance and lag-1 correlation are known multiples, and both phi
// and the standard deviation are solved from them (ours). Test: tests/plan/noise_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct Noise {
  double sigma = NAN;      // of the objective, in its units
  Interval interval = {};  // 95 %, of a measured one
  int64_t n = 0;           // reruns it is from; 0: none
  bool lower_bound = false;

  bool known() const { return sigma == sigma; }
};

// E[s] / sigma for a sample of n from a normal distribution.
double c4(int64_t n);

// The objectives of n >= 2 reruns; fewer: not known.
Noise noise_of_reruns(std::span<const double> objectives);
// The objectives of points that were run with several seeds each; points with one, and those beyond
// the 5 with the lowest means, say nothing. n is the degrees of freedom + 1.
Noise noise_of_points(std::vector<std::vector<double>> points);
// sigma as the study states it, or the median over its best feasible trials of the lower bound.
Noise study_noise(const Study& study);

struct PointNoise {
  double sd = 0;   // of one evaluation about its trend
  double phi = 0;  // correlation of neighbours
  // Standard error of the mean of so many neighbouring evaluations.
  double mean_se(size_t points) const;
};
// From the last `share` of the values, short spikes cut off; nothing below 12 values.
std::optional<PointNoise> point_noise(std::span<const double> values, double share);

// Of one trial (see above): nothing when it has neither standard errors nor 12 evaluations.
std::optional<double> noise_lower_bound(const Trial& trial);

// "sigma = 0.0061 (0.21 %) from 5 reruns, interval 0.0037 to 0.0175". AD-01, AD-02.
Verdict noise_verdict(const Noise& noise, double objective);

// EV-07: does a subset of the evaluation set stand for all of it? The same model's losses of the
// documents of the whole set, and which of them are in the subset.
Verdict subset_verdict(std::span<const double> documents, std::span<const size_t> subset);

}  // namespace coldstart::plan
