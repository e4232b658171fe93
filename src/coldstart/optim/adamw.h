// AdamW in PyTorch's form (Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR
// 2019).
//
//   m = b1 m + (1-b1) g       v = b2 v + (1-b2) g^2       t = step + 1
//   w = w - lr decay w - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
//
// Options: other bias corrections and starts of v (adam_moments.h); RAdam's rectification (radam.h;
// original: while it is 0 the step is along m / (1 - b1^t), factor: it multiplies the step);
// cautious (Liang et al. 2024); hyperball (AdamH, sphere.h). Test: tests/optim/adamw_test.cpp
// (against a textbook loop in double).
#pragma once

#include <optional>

#include "coldstart/optim/adam_moments.h"
#include "coldstart/optim/sphere.h"

namespace coldstart::optim {

class AdamW : public Optimizer {
 public:
  AdamW(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "adamw"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;

  static GroupRules groups(const OptimizerOptions& options);

 private:
  bool cautious_;
  RadamMode radam_mode_;
  std::vector<ParamGroup> groups_;
  AdamMoments moments_;
  std::optional<Sphere> sphere_;  // with hyperball
};

}  // namespace coldstart::optim
