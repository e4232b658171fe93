// MetricSet: the measures of one run; asks each when its turn has come and collects what they say.
//
// The trainer calls before_update and after_update around every step and observe after it (and once
// before the first); the values of a step make one record. Test: tests/metrics/metric_set_test.cpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/metrics/metric.h"
#include "coldstart/metrics/options.h"

namespace coldstart::metrics {

// What measures may look at beside the model; all of it outlives the set.
struct MetricSources {
  std::optional<Dynamics> dynamics = {};  // of the run's optimizer, where the theory knows it
  const optim::GroupFactors* factors = nullptr;  // of rates and decays; null: all 1
  const Probe* probe = nullptr;
  const SnrEstimator* snr = nullptr;
};

class MetricSet {
 public:
  // params must outlive the set.
  MetricSet(const MetricsOptions& options, const ParamList& params, const MetricSources& sources);

  // evaluation: whether an evaluation follows this step, which is when measures "at evaluations"
  // are taken.
  void before_update(const StepView& view, bool evaluation);
  void after_update(const StepView& view, bool evaluation);
  bool observes_model(int64_t step, bool evaluation) const;
  void observe(const ModelView& view, bool evaluation);
  // What was measured since the last call.
  std::vector<NamedValue> take() { return sink_.take(); }
  std::vector<std::string> take_warnings() { return sink_.take_warnings(); }

  std::vector<MetricState> states();
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::string name;
    Interval interval;
    bool costs_nothing = false, observes_model = false;
    std::unique_ptr<Metric> metric;
  };

  bool is_early(int64_t step) const;
  bool due(const Entry& entry, int64_t step, bool evaluation) const;
  LevelSet levels_at(int64_t step, bool evaluation) const;
  // Calls job(metric) for every metric whose turn it is.
  template <class Job>
  void for_due(int64_t step, bool evaluation, Job job);

  MetricsOptions options_;
  std::vector<ChosenLevel> levels_;
  Layout layout_;
  MetricSink sink_;
  std::vector<Entry> entries_;
};

}  // namespace coldstart::metrics
