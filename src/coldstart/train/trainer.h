// Trainer: the loop. Data -> micro-batches forward and backward -> gradient norm -> clipping ->
// learning rate -> optimizer -> record; evaluations and checkpoints between steps. Which sequences
// (data_order.h), how many (batch_control.h) and the rate on a plateau (plateau.h) have files of
// their own.
//
// Every step is a function of (configuration, data, state), and the state is what a checkpoint
// holds, so a run that was killed and resumed writes the same bytes as one that was not.
// Gradient accumulation: backward writes a fresh micro-gradient, and they are added in order:
// ((g0 + g1) + g2) + ...; k ranks with one micro-batch each give the same bytes.
// Tests: tests/train/trainer_test.cpp, tests/e2e/resume_test.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/adapt/batch_control.h"
#include "coldstart/adapt/clipping.h"
#include "coldstart/adapt/divergence.h"
#include "coldstart/adapt/early_phase.h"
#include "coldstart/adapt/plateau.h"
#include "coldstart/checkpoint/manifest.h"
#include "coldstart/core/clock.h"
#include "coldstart/data/source.h"
#include "coldstart/eval/document_log.h"
#include "coldstart/eval/evaluate.h"
#include "coldstart/io/json_lines.h"
#include "coldstart/model/model.h"
#include "coldstart/optim/group_factors.h"
#include "coldstart/optim/optimizer.h"
#include "coldstart/train/config.h"
#include "coldstart/train/data_order.h"
#include "coldstart/train/instruments.h"
#include "coldstart/train/interrupt.h"
#include "coldstart/train/observer.h"
#include "coldstart/train/regularizer.h"
#include "coldstart/train/run_directory.h"

namespace coldstart::train {

class Trainer {
 public:
  // Everything must outlive the trainer. Allocates all memory of the run and initialises the
  // weights.
  Trainer(const ResolvedConfig& config, const data::Source& data, kernels::Kernels& kernels,
          RunObserver& observer);

  // Continue at a checkpoint: as the same run (records are cut back to it) ...
  void resume(const std::filesystem::path& checkpoint);
  // ... or as a new run with its own records and schedule, from the same weights, moments and data
  // position.
  void branch(const std::filesystem::path& checkpoint);

  // To the end, or to whatever comes first. time_limit_s 0: none. An Error that ends the run is
  // noted in its status and thrown on. clock: of the limit and of all times that are recorded.
  RunResult run(const RunDirectory& directory, const RunFacts& facts, double time_limit_s,
                const Clock& clock = now_s);

  const model::Model& model() const { return *model_; }
  const checkpoint::Manifest& state() const { return state_; }

 private:
  void restore(const std::filesystem::path& checkpoint, const checkpoint::Manifest& manifest);
  RunResult loop(double time_limit_s);
  // One optimizer step; why the run is diverged, or nothing.
  std::optional<std::string> step();
  // Mean loss of the step's batch; the mean gradient is left in params.
  double forward_backward(const adapt::StepBatch& batch);
  std::vector<Reading> readings(const adapt::StepBatch& batch) const;
  std::optional<std::string> evaluate();
  void watch_plateau(const EvalRecord& record);
  void save();
  RunResult finish(Outcome outcome, const std::string& reason, int signal = 0);
  void write_status(std::string_view state, const std::string& reason,
                    const std::string& diagnosis = "") const;

  bool over() const { return batches_.over(state_.step, state_.tokens); }
  bool reached_target() const {
    return options_.target_loss > 0 && state_.lowest &&
           state_.lowest->val_loss <= options_.target_loss;
  }
  int64_t position() const { return batches_.position(state_.step, state_.tokens); }
  int64_t total_steps() const { return batches_.steps_in_all(state_.step, state_.tokens); }
  bool evaluation_due(int64_t step) const;
  void measure_model(bool evaluation);
  void warn(const std::string& text);  // in the records and to the observer
  bool checkpoint_due() const;

  const ResolvedConfig& config_;
  const TrainOptions& options_;
  const data::Source& data_;
  kernels::Kernels& kernels_;
  RunObserver& observer_;

  std::unique_ptr<model::Model> model_;
  const model::SequenceShape sequence_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  std::optional<Arena> gradient_sum_;  // of earlier micro-batches, when a step has several
  DataOrder order_;
  adapt::BatchControl batches_;
  adapt::Plateau plateau_;
  std::vector<int32_t> tokens_, targets_;  // a micro-batch, (B, T) and (B, targets)
  std::unique_ptr<eval::Evaluator> validation_, probe_;
  adapt::DivergenceDetector detector_;
  adapt::Clipper clipper_;
  optim::GroupFactors factors_;
  adapt::EarlyPhase early_;
  Regularizer regularizer_;
  optim::StepReport report_;
  Instruments instruments_;

  const RunDirectory* directory_ = nullptr;  // while run() is at work
  checkpoint::Manifest state_;
  bool best_entered_ = false;                // the last evaluation is among the best that are kept
  int64_t saved_step_ = -1;                  // of the newest checkpoint
  std::optional<std::string> intervention_;  // what a branch changed by hand
  bool evaluate_at_start_ = true;            // a resumed run has its record already
  std::optional<EvalRecord> last_eval_;
  std::optional<io::JsonLinesWriter> metrics_, timings_;
  std::optional<eval::DocumentLog> documents_;  // when asked for
  Clock clock_ = now_s;
  TimeAccount times_;
  int64_t first_step_ = 0, first_tokens_ = 0;
  double start_s_ = 0;
};

}  // namespace coldstart::train
