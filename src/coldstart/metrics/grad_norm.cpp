// grad_norm: norm of the step's mean gradient, with clipping undone. For an optimizer that couples
// its decay into the gradient (sgd), of what enters the momentum. Test:
// tests/metrics/formulas_test.cpp.
#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

double grad_norm(const Measured& x) { return std::sqrt(x.sums.grad_sq) / x.clip; }

MetricInfo grad_norm_metric() {
  return sums_metric("grad_norm", "norm of the gradient before clipping", grad_norm);
}

}  // namespace coldstart::metrics
