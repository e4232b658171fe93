// update_l2: |w' - w|, everything included that the step did, decay and projections too; and
// update_l2.no_decay, the same without decay as the optimizer claims it (step size times direction,
// or angle times radius). Of a group: of its parameters as one vector.
// Source: Kosson et al., "Analyzing & Reducing the Need for Learning Rate Warmup", NeurIPS 2024,
// figure 1d. Test: tests/metrics/formulas_test.cpp.
#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

double update_l2(const Measured& x) { return std::sqrt(x.sums.delta_sq); }

double claimed_update_l2(const Measured& x) { return std::sqrt(x.claimed_sq); }

MetricInfo update_l2_metric() {
  return sums_metric(
      "update_l2", "norm of the change of the weights",
      {{"", "norm of the change of the weights, decay included", update_l2},
       {".no_decay", "the same without decay, as the optimizer claims it", claimed_update_l2}});
}

}  // namespace coldstart::metrics
