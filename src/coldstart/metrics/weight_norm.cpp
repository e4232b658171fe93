// weight_norm: |w| before the step. Rotational optimizers keep it; a drift there is a bug.
// Test: tests/metrics/formulas_test.cpp.
#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

double weight_norm(const Measured& x) { return std::sqrt(x.sums.weight_sq); }

MetricInfo weight_norm_metric() {
  return sums_metric("weight_norm", "norm of the weights before the update", weight_norm);
}

}  // namespace coldstart::metrics
