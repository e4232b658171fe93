// snr: phi = |G|^2 / E |noise|^2 of one sample, G the gradient without noise, from the
// micro-batches of every step before clipping, averaged over steps (rrc.snr_ema). At phi = 1 / B
// half of a step's gradient, in power, is signal. Very high at the start of a run (Kosson et al.
// 2024, figure 4b). Of a role or the model: from the added averages of its parameters. Missing
// where the averaged noise is not positive. Needs two micro-batches a step; a run that has one
// splits its batch. Estimator: snr_estimator.h. Test: tests/metrics/snr_test.cpp.
#include "coldstart/metrics/snr_measures.h"

namespace coldstart::metrics {

void put_snr(const SnrEstimator& estimator, MetricSink& sink, std::string_view part,
             const SnrFormula& formula) {
  const Layout& layout = sink.layout();
  if (sink.wants(Level::model)) sink.put(part, "model", formula(estimator.group(layout.model)));
  if (sink.wants(Level::role)) {
    for (const Group& role : layout.roles)
      sink.put(part, role.where, formula(estimator.group(role)));
  }
  for (size_t i = 0; i < layout.params.size(); ++i) {
    if (sink.wants(Level::tensor))
      sink.put(part, layout.params[i].name, formula(estimator.tensor(i)));
    if (!sink.wants(Level::rows) || !estimator.setup().per_row) continue;
    std::vector<std::optional<double>> rows;
    for (const int64_t row : layout.rows[i]) rows.push_back(formula(estimator.row(i, row)));
    sink.put_rows(part, i, rows);
  }
}

namespace {

class Snr : public Metric {
 public:
  explicit Snr(const SnrEstimator& estimator) : estimator_(estimator) {}
  void after_update(const StepView&, MetricSink& sink) override {
    if (estimator_.has_estimate()) put_snr(estimator_, sink, "", snr);
  }

 private:
  const SnrEstimator& estimator_;
};

}  // namespace

MetricInfo snr_metric() {
  return {.name = "snr",
          .meaning = "signal-to-noise ratio of the gradient of one sample",
          .cost = "a pass over every micro-gradient; a whole batch is split in two",
          .needs_micro_batches = true,
          .interval = {.steps = 1},
          .parts = {{"", "squared norm of the gradient over variance of one sample's gradient"}},
          .make = [](const MetricSetup& setup) { return std::make_unique<Snr>(*setup.snr); }};
}

}  // namespace coldstart::metrics
