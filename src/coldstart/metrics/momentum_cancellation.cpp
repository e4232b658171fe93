// momentum_cancellation: <b m, g> / ((1-b) |g|^2), the share of the gradient's part of the update
// that the momentum's part adds (positive) or takes away (negative); m before the step, g as it
// enters the momentum, after clipping. About -0.5 in the paper's runs (Kosson et al. 2024, figure
// 4d). Not defined at the first step, for a zero gradient, for b = 0 or without momentum, nor for a
// group whose parameters differ in b. Test: tests/metrics/formulas_test.cpp.
#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

std::optional<double> momentum_cancellation(const Measured& x) {
  const double b = x.momentum_decay;
  const bool defined =
      x.has_momentum && b > 0 && b < 1 && x.sums.grad_sq > 0 && x.sums.momentum_sq > 0;
  if (!defined) return std::nullopt;
  return b * x.sums.grad_momentum / ((1 - b) * x.sums.grad_sq);
}

MetricInfo momentum_cancellation_metric() {
  return sums_metric("momentum_cancellation",
                     "momentum's part of the update projected on the gradient's part",
                     momentum_cancellation);
}

}  // namespace coldstart::metrics
