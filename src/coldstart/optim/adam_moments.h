// The two moments of Adam and the direction they make, for every optimizer that has an Adam inside.
//
//   m = b1 m + (1-b1) g     v = b2 v + (1-b2) g^2     u = (cm m) / (sqrt(cv v) + eps)
// cm and cv are the bias corrections (bias_correction.h); v_init is v before the first step:
//   zero      Adam
//   gradient  v_init_scale g_1^2, of the first step's own gradient (GI-Adam: Kalra & Barkeshli
//   2024) random    v_init_scale / (rows + cols) times the square of a normal number (after
//   Abuduweili &
//             Liu 2024; the same draw in every run)
// Test: tests/optim/adam_moments_test.cpp.
#pragma once

#include <vector>

#include "coldstart/optim/apply.h"
#include "coldstart/optim/options.h"

namespace coldstart::optim {

class AdamMoments {
 public:
  AdamMoments(const ParamList& params, const OptimizerOptions& options);

  // At the start of a step, before anything is read: sets v where it does not start at 0.
  void begin(const StepScope& step);
  kernels::Direction direction(const StepScope& step) const;
  kernels::UpdateTensors tensors(const ParamList& params, size_t i, bool with_v = true) const;
  // v takes in the gradient; neither m nor a weight moves.
  void update_v_only(const StepScope& step, size_t i, double beta2) const;
  std::vector<NamedTensor> states();

 private:
  void draw_v(const ParamList& params);

  double beta1_, beta2_, eps_;
  BiasCorrectionM correction_m_;
  BiasCorrectionV correction_v_;
  VInit v_init_;
  double v_init_scale_;
  DType dtype_;
  Arena m_, v_;
};

}  // namespace coldstart::optim
