// Laws fitted to a set of curves, ready to be evaluated on any other history of the rate.
// Test: tests/plan/fitted_law_test.cpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/annealing_law.h"
#include "coldstart/plan/fit.h"
#include "coldstart/plan/multi_power_law.h"
#include "coldstart/plan/run_curve.h"

namespace coldstart::plan {

struct FittedLaw {
  bool multi_power = false;
  double lambda = 0;  // of the annealing law
  AnnealingLaw annealing = {};
  MultiPowerLaw powers = {};
  double drop = 0;       // share of the longest run that was left out at the start
  double objective = 0;  // mean Huber loss of log residuals
  FitStatistics statistics = {};
  size_t points = 0;
  int evaluations = 0;

  std::string name() const;
  double loss(const LrTrace& rates, double step) const;
  // Standard error of loss(from) - loss(to), from the scatter of the points; annealing law only.
  double gain_se(const LrTrace& from, double from_step, const LrTrace& to, double to_step) const;
};

// Those of kLambdas whose delay 1/(1 - lambda) the curves can tell: not longer than the longest
// time that a run was watched while or after its rate fell (the law would go on promising what
// nobody has seen), not shorter than half the distance of their points (it would look like none).
// At least one, also when no rate falls, because then it does not matter.
std::vector<double> lambdas_told_by(std::span<const RunCurve> curves);

// DataError when there are too few points for the law.
FittedLaw fit_annealing(std::span<const RunCurve> curves, double lambda, double drop);
// With priors C ~ 2, beta ~ 0.6, gamma ~ 0.65, each x1.5 either way: the data alone prefer values
// that fit better and predict worse (design, finding 4).
FittedLaw fit_multi_power(std::span<const RunCurve> curves, double drop);

}  // namespace coldstart::plan
