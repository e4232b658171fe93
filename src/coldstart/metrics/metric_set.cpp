#include "coldstart/metrics/metric_set.h"

#include <algorithm>

#include "coldstart/metrics/registry.h"

namespace coldstart::metrics {

MetricSet::MetricSet(const MetricsOptions& options, const ParamList& params,
                     const MetricSources& sources)
    : options_(options),
      levels_(chosen_levels(options)),
      layout_(params, options.row_sample),
      sink_(layout_) {
  for (const ChosenMetric& chosen : chosen_metrics(options)) {
    const MetricInfo& info = find_metric(chosen.name, "metrics.measure");
    const MetricSetup setup{.layout = layout_,
                            .dynamics = sources.dynamics,
                            .factors = sources.factors,
                            .probe = sources.probe,
                            .snr = sources.snr};
    COLDSTART_CHECK(!info.needs_micro_batches || setup.snr != nullptr, "{} without an estimator",
                    info.name);
    entries_.push_back({.name = chosen.name,
                        .interval = chosen.interval,
                        .costs_nothing = info.costs_nothing,
                        .observes_model = info.observes_model,
                        .metric = info.make(setup)});
  }
}

bool MetricSet::is_early(int64_t step) const {
  return step > 0 && step <= options_.first_steps && step % options_.first_steps_every == 0;
}

bool MetricSet::due(const Entry& entry, int64_t step, bool evaluation) const {
  return (entry.costs_nothing && is_early(step)) || entry.interval.due(step, evaluation);
}

LevelSet MetricSet::levels_at(int64_t step, bool evaluation) const {
  LevelSet levels;
  for (const ChosenLevel& chosen : levels_) {
    const bool turn = chosen.every > 0 && step % chosen.every == 0;
    levels[chosen.level] = levels[chosen.level] || is_early(step) || turn || evaluation;
  }
  return levels;
}

template <class Job>
void MetricSet::for_due(int64_t step, bool evaluation, Job job) {
  const LevelSet levels = levels_at(step, evaluation);
  if (!levels.any()) return;
  for (Entry& entry : entries_) {
    if (!due(entry, step, evaluation)) continue;
    sink_.begin(entry.name, levels);
    job(*entry.metric);
  }
}

void MetricSet::before_update(const StepView& view, bool evaluation) {
  for_due(view.step, evaluation, [&](Metric& metric) { metric.before_update(view); });
}

void MetricSet::after_update(const StepView& view, bool evaluation) {
  for_due(view.step, evaluation, [&](Metric& metric) { metric.after_update(view, sink_); });
}

bool MetricSet::observes_model(int64_t step, bool evaluation) const {
  return levels_at(step, evaluation).any() &&
         std::ranges::any_of(entries_, [&](const Entry& entry) {
           return entry.observes_model && due(entry, step, evaluation);
         });
}

void MetricSet::observe(const ModelView& view, bool evaluation) {
  for_due(view.step, evaluation, [&](Metric& metric) { metric.observe(view, sink_); });
}

std::vector<MetricState> MetricSet::states() {
  std::vector<MetricState> states;
  for (Entry& entry : entries_) {
    for (MetricState& state : entry.metric->states()) {
      states.push_back({entry.name + "/" + state.name, state.tensor});
    }
  }
  return states;
}

}  // namespace coldstart::metrics
