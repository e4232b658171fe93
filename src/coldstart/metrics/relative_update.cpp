// relative_update: |w' - w| / |w|, the change in units of what was there. The weights of the
// denominator are those before the step; a zero vector has no relative change.
// Test: tests/metrics/formulas_test.cpp.
#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

std::optional<double> relative_update(const Measured& x) {
  if (!(x.sums.weight_sq > 0)) return std::nullopt;
  return std::sqrt(x.sums.delta_sq / x.sums.weight_sq);
}

MetricInfo relative_update_metric() {
  return sums_metric("relative_update", "norm of the change over norm of the weights",
                     relative_update);
}

}  // namespace coldstart::metrics
