// Instruments: everything of a training step that watches it or acts on what was watched: the
// measures, the signal-to-noise estimate and the control that it drives. The trainer calls it at
// fixed points of a step and knows no measure by name. Test: tests/train/instruments_test.cpp.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "coldstart/adapt/rrc_control.h"
#include "coldstart/data/source.h"
#include "coldstart/io/json_record.h"
#include "coldstart/metrics/metric_set.h"
#include "coldstart/train/config.h"

namespace coldstart::train {

// What the trainer knows of a step before the update.
struct StepFacts {
  int64_t step = 0;  // the update's number, from 1
  double lr = 0, clip = 1;
  bool evaluation = false;  // one follows this step
};

class Instruments {
 public:
  // Everything must outlive it. Takes all memory now.
  Instruments(const ResolvedConfig& config, const data::Source& data, model::Model& model,
              kernels::Kernels& kernels);

  // Before the step's gradients.
  void begin_step(const adapt::StepBatch& batch);

  // After each of several micro-batches: its own gradient, and the sum of those so far (at the last
  // one, of those before it).
  void micro_gradient(Tensor gradient, Tensor sum);

  // RRC factors of the update: one a parameter or one a row; empty: 1.
  struct Factors {
    std::span<const double> param, row;
  };
  // With the step's mean gradient in place, and all of it finite.
  Factors before_update(const StepFacts& facts, const optim::StepReport& report);
  void after_update(const StepFacts& facts, const optim::StepReport& report);
  // Measures of the model itself, with the weights that are evaluated; whether there are any now.
  bool observes_model(int64_t step, bool evaluation) const {
    return metrics_.observes_model(step, evaluation);
  }
  void observe(int64_t step, bool evaluation);
  // The same at the step a branch starts from, where the measures remember nothing of it: what they
  // remember is the trunk's, which has been there, so that the branch goes on measuring as it
  // would.
  void observe_aside(int64_t step, bool evaluation);

  // What was measured since the last call, as a record; nothing when there was nothing to measure.
  std::optional<io::JsonRecord> record(int64_t step);
  // What they warn of since the last call.
  std::vector<std::string> warnings() { return metrics_.take_warnings(); }

  // Of the gradient of the whole model so far, in sequences; nothing where it is not estimated.
  std::optional<double> critical_batch() const;

  std::vector<metrics::MetricState> states();

 private:
  metrics::StepView view(const StepFacts& facts, const optim::StepReport& report) const;

  model::Model& model_;
  kernels::Kernels& kernels_;
  optim::GroupFactors factors_;
  metrics::Probe probe_;
  std::optional<metrics::SnrEstimator> snr_;
  double samples_a_sequence_;  // that snr_ counts
  bool estimates_ = true;      // this step has the micro-batches that snr_ needs
  std::optional<adapt::RrcControl> control_;
  metrics::StepMeasurements measured_;
  metrics::MetricSet metrics_;
};

}  // namespace coldstart::train
