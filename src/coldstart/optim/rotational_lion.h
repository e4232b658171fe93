// Rotational Lion (Kosson et al., "Rotational Equilibrium", ICML 2024): the sign of Lion's mixture
// turns every row of a matrix by the angle that Lion would settle at, from the first step on.
//
//   c = b1 m + (1-b1) g;   m = b2 m + (1-b2) g;   d = sign(c), then as in rotational_adamw.h, with
//   eta_r = sqrt(pi/2) sqrt(2 lr decay) sqrt((1-b1)^2 + b1^2 (1-b2)/(1+b2))
//
// LionAR differs: one coefficient, AdamW's angle, no centering, no average of norms. Vectors, and
// all tensors without decay, follow Lion. hyperball: sphere.h. Test:
// tests/optim/rotational_lion_test.cpp.
#pragma once

#include <optional>

#include "coldstart/optim/rotation_options.h"
#include "coldstart/optim/sign_momentum.h"

namespace coldstart::optim {

class RotationalLion : public Optimizer {
 public:
  RotationalLion(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "rotational_lion"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;

  static GroupRules groups(const OptimizerOptions& options);

 private:
  RotationAngle angle_;
  std::vector<ParamGroup> groups_;
  SignMomentum momentum_;
  std::optional<RowGain> gains_;
  Sphere sphere_;
};

}  // namespace coldstart::optim
