// Metric: one measure of a training run, and what it gets to see.
//
// A metric is asked only when its turn has come (Interval). It is computed from weights, gradients
// and activations; what an optimizer says of itself is reported only under a name that says so
// ("claimed"). A value that is not defined (the cosine with a zero vector) is left out, never 0.
// How to add one: docs/adding_a_metric.md. Test: tests/metrics/metric_set_test.cpp.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/metrics/dynamics.h"
#include "coldstart/metrics/measured.h"
#include "coldstart/metrics/probe.h"
#include "coldstart/metrics/sink.h"
#include "coldstart/metrics/snr_estimator.h"
#include "coldstart/model/model.h"
#include "coldstart/optim/group_factors.h"

namespace coldstart::metrics {

// When a measure is taken: at every so many steps, or at evaluations.
struct Interval {
  int64_t steps = 0;  // 0: at evaluations
  bool due(int64_t step, bool evaluation) const {
    return steps > 0 ? step % steps == 0 : evaluation;
  }
  bool operator==(const Interval&) const = default;
};

// One optimizer step. params hold the weights before the update in before_update, and those after
// it in after_update; gradients are the step's mean gradient, before clipping, in both.
struct StepView {
  int64_t step = 0;  // the update's number, from 1
  double lr = 0;
  model::Model& model;
  kernels::Kernels& kernels;
  const StepMeasurements& measured;  // of this update; not yet there in before_update
  const optim::StepReport& report;   // the same, as the optimizer gave it
};

// A model between two updates.
struct ModelView {
  int64_t step = 0;  // updates made
  model::Model& model;
  kernels::Kernels& kernels;
};

// What a metric remembers between steps, for checkpoints: tensors that live as long as the metric.
struct MetricState {
  std::string name;  // "snr/signal"
  Tensor tensor;
};

class Metric {
 public:
  virtual ~Metric() = default;
  // Around an update, when due.
  virtual void before_update(const StepView& /*view*/) {}
  virtual void after_update(const StepView& /*view*/, MetricSink& /*sink*/) {}
  // Of the model itself, when due; also before the first step when measured at evaluations.
  virtual void observe(const ModelView& /*view*/, MetricSink& /*sink*/) {}
  virtual std::vector<MetricState> states() { return {}; }
};

// What a metric may need when it is made. All of it outlives the metric.
struct MetricSetup {
  const Layout& layout;
  std::optional<Dynamics> dynamics = {};  // of the run's optimizer, where the theory knows it
  const optim::GroupFactors* factors = nullptr;  // of rates and decays; null: all 1
  const Probe* probe = nullptr;
  const SnrEstimator* snr = nullptr;  // where the run estimates it
};

struct MetricPart {
  std::string suffix;   // behind the metric's name: ".no_decay", or empty
  std::string meaning;  // one line, for docs/formats.md
};

struct MetricInfo {
  std::string name;
  std::string meaning;  // one line
  std::string cost;     // in words: "none: from the update's own pass"
  bool on_by_default = false;
  bool costs_nothing = false;        // may be taken at every early step
  int64_t weight_copies = 0;         // of all parameters, that it keeps
  bool observes_model = false;       // has something to say between updates
  bool needs_micro_batches = false;  // two or more a step, and the estimator that watches them
  Interval interval = {};            // when nothing else is said
  std::vector<MetricPart> parts = {};
  std::function<std::unique_ptr<Metric>(const MetricSetup&)> make = {};
};

}  // namespace coldstart::metrics
