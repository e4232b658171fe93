// Trainer: the loop. Data -> micro-batches forward and backward -> gradient norm -> clipping ->
// learning rate -> optimizer -> record; evaluations and checkpoints between steps.
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

#include "coldstart/data/dataset.h"
#include "coldstart/data/loader.h"
#include "coldstart/io/json_lines.h"
#include "coldstart/model/gpt.h"
#include "coldstart/optim/group_factors.h"
#include "coldstart/optim/optimizer.h"
#include "coldstart/train/clipping.h"
#include "coldstart/train/config.h"
#include "coldstart/train/divergence.h"
#include "coldstart/train/evaluate.h"
#include "coldstart/train/instruments.h"
#include "coldstart/train/interrupt.h"
#include "coldstart/train/manifest.h"
#include "coldstart/train/observer.h"
#include "coldstart/train/run_directory.h"

namespace coldstart::train {

class Trainer {
 public:
  // Everything must outlive the trainer. Allocates all memory of the run and initialises the
  // weights.
  Trainer(const ResolvedConfig& config, const data::Dataset& dataset, kernels::Kernels& kernels,
          RunObserver& observer);

  // Continue at a checkpoint: as the same run (records are cut back to it) ...
  void resume(const std::filesystem::path& checkpoint);
  // ... or as a new run with its own records and schedule, from the same weights, moments and data
  // position.
  void branch(const std::filesystem::path& checkpoint);

  // To the end, or to whatever comes first. time_limit_s 0: none. An Error that ends the run is
  // noted in its status and thrown on.
  RunResult run(const RunDirectory& directory, const RunFacts& facts, double time_limit_s);

  const model::Gpt& model() const { return model_; }
  const Manifest& state() const { return state_; }

 private:
  void restore(const std::filesystem::path& checkpoint, const Manifest& manifest);
  RunResult loop(double time_limit_s);
  // One optimizer step; why the run is diverged, or nothing.
  std::optional<std::string> step();
  double forward_backward();  // mean loss of the step's batch; the mean gradient is left in params
  std::optional<std::string> evaluate();
  void save();
  RunResult finish(Outcome outcome, const std::string& reason, int signal = 0);
  void write_status(std::string_view state, const std::string& reason,
                    const std::string& diagnosis = "") const;

  bool evaluation_due(int64_t step) const;
  void measure_model(bool evaluation);
  bool checkpoint_due() const;
  int64_t total_steps() const { return config_.schedule.total(); }

  const ResolvedConfig& config_;
  const TrainOptions& options_;
  const data::Dataset& dataset_;
  kernels::Kernels& kernels_;
  RunObserver& observer_;

  model::Gpt model_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  std::optional<Arena> gradient_sum_;  // of earlier micro-batches, when a step has several
  data::BatchLoader loader_;
  std::vector<int32_t> tokens_, targets_;  // a micro-batch, (B, T)
  Evaluator validation_, probe_;
  DivergenceDetector detector_;
  Clipper clipper_;
  optim::GroupFactors factors_;
  optim::StepReport report_;
  Instruments instruments_;

  const RunDirectory* directory_ = nullptr;  // while run() is at work
  Manifest state_;
  bool best_entered_ = false;      // the last evaluation is among the best that are kept
  int64_t saved_step_ = -1;        // of the newest checkpoint
  bool evaluate_at_start_ = true;  // a resumed run has its record already
  std::optional<EvalRecord> last_eval_;
  std::optional<io::JsonLinesWriter> metrics_, timings_;
  TimeAccount times_;
  int64_t first_step_ = 0, first_tokens_ = 0;
  double start_s_ = 0;
};

}  // namespace coldstart::train
