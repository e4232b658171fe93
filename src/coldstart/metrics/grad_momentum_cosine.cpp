// grad_momentum_cosine: cos(g, m), m as it was before the step. Negative for most of training at a
// good learning rate: momentum damps an oscillation (Kosson et al. 2024, figure 4c). Not defined at
// the first step, where m = 0, and for optimizers without momentum.
// Test: tests/metrics/formulas_test.cpp.
#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

std::optional<double> grad_momentum_cosine(const Measured& x) {
  const double lengths = std::sqrt(x.sums.grad_sq) * std::sqrt(x.sums.momentum_sq);
  if (!x.has_momentum || !(lengths > 0)) return std::nullopt;
  return x.sums.grad_momentum / lengths;
}

MetricInfo grad_momentum_cosine_metric() {
  return sums_metric("grad_momentum_cosine", "cosine of gradient and momentum before the update",
                     grad_momentum_cosine);
}

}  // namespace coldstart::metrics
