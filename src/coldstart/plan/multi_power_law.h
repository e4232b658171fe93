// The multi-power law: every fall of the learning rate brings its own power law of progress.
//
//   L(t) = L0 + A S1^-alpha - B sum_k (lr_(k-1) - lr_k) G(lr_k^-gamma S_k),  G(x) = 1 - (1 + C
//   x)^-beta S1 = sum of lr up to t;  S_k = sum of lr from step k up to t;  k runs over the warmup
//   too, whose
// rises are falls with the other sign (leaving them out costs 3 to 7 % of the loss).
// Source: Luo et al. 2025 (arXiv 2503.12811). Test: tests/plan/multi_power_law_test.cpp.
#pragma once

#include <span>
#include <vector>

#include "coldstart/plan/lr_trace.h"

namespace coldstart::plan {

struct MultiPowerShape {
  double alpha = 0.5, C = 2, beta = 0.6, gamma = 0.65;
};

// Sums of one trace that do not depend on the parameters, for any number of steps.
class MultiPowerSums {
 public:
  // `resolution`: a straight piece is cut so that its rate changes by at most this share of the
  // peak in each part; all falls of a part are taken at its middle.
  MultiPowerSums(const LrTrace& trace, std::span<const double> steps, double resolution = 0.05);

  size_t size() const { return s1_.size(); }
  double s1(size_t i) const { return s1_[i]; }
  // sum_k of the formula, at each step.
  std::vector<double> falls(double C, double beta, double gamma) const;

 private:
  struct Fall {
    double step, amount, lr, area;  // area: of the rate up to here
  };
  std::vector<double> steps_, s1_;
  std::vector<Fall> falls_;
};

struct MultiPowerLaw {
  double floor = 0, A = 0, B = 0;  // floor: L0
  MultiPowerShape shape = {};

  std::vector<double> loss(const MultiPowerSums& sums) const;
};

}  // namespace coldstart::plan
