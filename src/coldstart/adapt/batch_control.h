// BatchControl: the batch of each step by the run's plan, and when the run is over.
//
// A measured plan follows the critical batch of the gradient, 1/phi sequences:
//   aim = factor * critical batch, between the batch of now and the full one
//   after `patience` steps in a row that aim above the batch of now, it becomes
//   min(aim of the last of them, twice the batch)
// So it never shrinks, and one noisy estimate moves nothing. Learning rate of a batch b below the
// full batch B, relative to the schedule's:
//   keep 1      sqrt  sqrt(b/B)      rrc  sqrt((phi + 1/B) / (phi + 1/b))
// rrc is the reading of warmup.md 7.3, with the phi of the steps before; without one it is sqrt,
// its limit for phi = 0. Test: tests/adapt/batch_control_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "coldstart/adapt/batch_options.h"
#include "coldstart/adapt/batch_plan.h"

namespace coldstart::adapt {

class BatchControl {
 public:
  // T: tokens a sequence. total: steps of the schedule, in full batches.
  BatchControl(BatchPlan plan, const BatchOptions& options, int64_t T, int64_t total);

  // Where the schedule stands after `step` updates on so many tokens.
  int64_t position(int64_t step, int64_t tokens) const;
  bool over(int64_t step, int64_t tokens) const { return position(step, tokens) >= total_; }
  // Steps of the whole run, as far as it is known there.
  int64_t steps_in_all(int64_t step, int64_t tokens) const;

  StepBatch next(int64_t step, int64_t tokens) const;
  int64_t tokens_of(const StepBatch& batch) const { return batch.sequences * T_; }
  // critical: of the gradient, in sequences, when it is known; infinite where there is no signal.
  double rate_factor(const StepBatch& batch, std::optional<double> critical) const;
  // After a step's gradients were measured; what has changed, in words.
  std::optional<std::string> observe(std::optional<double> critical);

  // What a checkpoint keeps; of measured plans only.
  struct State {
    int64_t sequences = 0;  // of the next step; 0: the start
    int64_t steps_above = 0;
    bool operator==(const State&) const = default;
  };
  State state() const { return state_; }
  void restore(const State& state);

 private:
  bool measured() const { return plan_.kind == BatchWarmup::measured; }

  BatchPlan plan_;
  BatchOptions options_;
  int64_t T_, total_;  // tokens a sequence; full batches of the run
  State state_;
};

}  // namespace coldstart::adapt
