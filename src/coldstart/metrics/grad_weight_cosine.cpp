// grad_weight_cosine: cos(g, w). Near 0 for weights behind a normalisation, whose scale does not
// matter; what is left is radial. Test: tests/metrics/formulas_test.cpp.
#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

std::optional<double> grad_weight_cosine(const Measured& x) {
  const double lengths = std::sqrt(x.sums.grad_sq) * std::sqrt(x.sums.weight_sq);
  if (!(lengths > 0)) return std::nullopt;
  return x.sums.grad_weight / lengths;
}

MetricInfo grad_weight_cosine_metric() {
  return sums_metric("grad_weight_cosine", "cosine of gradient and weights before the update",
                     grad_weight_cosine);
}

}  // namespace coldstart::metrics
