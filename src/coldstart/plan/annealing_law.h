// The annealing law: loss from the area under the learning rate and from how it has fallen.
//
//   L(t) = L0 + A S1^-alpha - C S2
//   S1 = sum of lr up to t, warmup included
//   S2 = sum of m_i,   m_i = lambda m_(i-1) + (lr_(i-1) - lr_i), from the end of the warmup on
// S2 is what cooling down has brought so far, with a delay of about 1/(1 - lambda) steps. lambda
// close to 1 - 1e-3 is given, not fitted: one curve cannot tell it (design, finding 3).
// Source: Tissue et al. 2024, "Scaling Law with Learning Rate Annealing" (arXiv 2408.11029).
// Test: tests/plan/annealing_law_test.cpp.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "coldstart/plan/lr_trace.h"

namespace coldstart::plan {

struct AnnealingLaw {
  double floor = 0, A = 0, alpha = 0, C = 0;  // floor: L0

  double loss(double s1, double s2) const;
};

// Delays of 10 to 2000 steps; which of them a set of runs can tell, see lambdas_told_by().
inline constexpr std::array<double, 8> kLambdas = {0.9,   0.95,  0.98,  0.99,
                                                   0.995, 0.998, 0.999, 0.9995};

// Both sums at each of the steps (increasing, within the trace).
struct AnnealingSums {
  std::vector<double> s1, s2;
};
AnnealingSums annealing_sums(const LrTrace& trace, double lambda, std::span<const double> steps);

}  // namespace coldstart::plan
