// Boundary check: do the best trials lie at the edge of the search space?
//
// u in [0, 1] is the place of a value on its declared scale. With a hyperparameter that has no
// effect the best of any number of trials lies in the outer tenths in one study of five, so:
//   grid      STRONG when the best value is the first or the last
//   otherwise NOTE   when the best u is below 0.1 or above 0.9
//             STRONG when the best and 80 % of the best max(5, 10 %) lie in one outer third and the
//             objective improves towards the edge over it by more than sigma
//             (The best point alone is not asked to lie in the outer tenth for STRONG: with noise
//             it lies anywhere near the optimum.)
//   at least 80 % (and 2) of the trials beyond the best infeasible: EDGE_OF_STABILITY, and nothing
//             is gained by a wider range
//   below 10 feasible trials: INSUFFICIENT
// Playbook L851-878 (SB-01, SB-03); the numbers are ours. Test: tests/plan/boundary_test.cpp.
#pragma once

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct BoundaryOptions {
  double outer = 0.1, third = 1.0 / 3, share = 0.8, infeasible_share = 0.8;
  int64_t fewest = 10, fewest_beyond = 2;
};

struct BoundaryReport {
  std::string name;
  double best_position = NAN;
  double new_lo = NAN, new_hi = NAN;  // the wider range, when one is proposed
  Verdict verdict;                    // KEEP, NOTE, STRONG, EDGE_OF_STABILITY, INSUFFICIENT
};

// sigma: noise of the objective; 0 when it is not known (the trend alone decides).
BoundaryReport check_boundary(const Study& study, const HParam& hparam, double sigma,
                              const BoundaryOptions& options = {});
// Every hyperparameter with a range.
std::vector<BoundaryReport> check_boundaries(const Study& study);

}  // namespace coldstart::plan
