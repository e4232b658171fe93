// When a run counts as diverged, and where it shows first.
//
// A step diverges when its loss or its gradient norm is not finite. A run blows up when its loss
// stays above (loss of the first step + margin) for `patience` steps in a row: a spike that heals
// is no divergence, and a run that merely fails to learn is not one either.
// Tests: tests/adapt/divergence_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "coldstart/kernels/kernels.h"
#include "coldstart/model/model.h"

namespace coldstart::adapt {

struct DivergenceRule {
  double margin = 1.0;          // nats a token
  int64_t patience_steps = 50;  // 0: only what is not finite counts
};

class DivergenceDetector {
 public:
  explicit DivergenceDetector(const DivergenceRule& rule) : rule_(rule) {}

  // Why the run is diverged after this step, or nothing.
  std::optional<std::string> observe(double loss, double grad_norm);

  // The window of the rule: kept in checkpoints, so that a resumed run judges alike.
  struct State {
    std::optional<double> first_loss;
    int64_t steps_above = 0;
  };
  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  DivergenceRule rule_;
  State state_;
};

// The first thing that is not finite, in the order in which it arises: weights, then activations in
// forward order, then gradients in backward order ("activation h.3.mlp.in"); empty when all are
// finite. Call it right after the backward pass of the step, before its memory is reused.
std::string locate_nonfinite(const model::Model& model, kernels::Kernels& kernels);

}  // namespace coldstart::adapt
