// critical_batch: 1 / phi, the batch size in samples (sequences) at which signal and noise of a
// batch gradient are equal in power; the simple noise scale tr(Sigma) / |G|^2 of McCandlish et al.,
// arXiv 1812.06162. Small at the start of a run, growing later. Infinite where phi is estimated as
// 0, missing where it is not defined. Test: tests/metrics/snr_test.cpp.
#include "coldstart/metrics/snr_measures.h"

namespace coldstart::metrics {

namespace {

class CriticalBatch : public Metric {
 public:
  explicit CriticalBatch(const SnrEstimator& estimator) : estimator_(estimator) {}
  void after_update(const StepView&, MetricSink& sink) override {
    if (estimator_.has_estimate()) put_snr(estimator_, sink, "", critical_batch);
  }

 private:
  const SnrEstimator& estimator_;
};

}  // namespace

MetricInfo critical_batch_metric() {
  return {
      .name = "critical_batch",
      .meaning = "batch size at which signal and noise of a gradient are equal",
      .cost = "that of snr, together with it nothing more",
      .needs_micro_batches = true,
      .interval = {.steps = 1},
      .parts = {{"", "1 / snr, in sequences"}},
      .make = [](const MetricSetup& setup) { return std::make_unique<CriticalBatch>(*setup.snr); }};
}

}  // namespace coldstart::metrics
