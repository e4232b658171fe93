// Rotational AdamW (Kosson et al., "Rotational Equilibrium", ICML 2024): Adam's direction turns
// every row of a matrix by the angle that AdamW would settle at, from the first step on.
//
//   d = m_hat / (sqrt(v_hat) + eps);   d -= mean(d) if centered;   d -= w <d, w> / n^2
//   s = k s + (1-k) |d|^2;   w = w - eta_r n d / (sqrt(s / (1-k^t)) + 1e-8);   w *= n / |w|
//   eta_r = sqrt(2 lr decay (1-b1)/(1+b1)), n the row's first norm, k = rotation_norm_decay
//
// s is the running square of the row's update norm, so the angle's root mean square over time is
// eta_r; with k = 0 every step turns by atan(eta_r). Rows are centered first. Vectors, and all
// tensors without decay, follow AdamW. hyperball: sphere.h. Tests:
// tests/optim/rotational_adamw_test.cpp, tests/optim/oracles_a_test.cpp.
#pragma once

#include <optional>

#include "coldstart/optim/adam_moments.h"
#include "coldstart/optim/rotation_options.h"

namespace coldstart::optim {

class RotationalAdamW : public Optimizer {
 public:
  RotationalAdamW(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "rotational_adamw"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;

  static GroupRules groups(const OptimizerOptions& options);

 private:
  RotationAngle angle_;
  std::vector<ParamGroup> groups_;
  AdamMoments moments_;
  std::optional<RowGain> gains_;
  Sphere sphere_;
};

}  // namespace coldstart::optim
