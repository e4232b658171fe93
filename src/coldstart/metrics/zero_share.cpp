// zero_share: share of the coordinates whose direction is exactly zero. Sign updates are blind to
// the size of a gradient but not to a zero: rows of tokens that a batch lacks do not move, and
// underflow shows here. Test: tests/metrics/formulas_test.cpp.
#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

double zero_share(const Measured& x) { return x.sums.zero_steps / static_cast<double>(x.elements); }

MetricInfo zero_share_metric() {
  return sums_metric("zero_share", "share of coordinates with a direction of exactly zero",
                     zero_share);
}

}  // namespace coldstart::metrics
