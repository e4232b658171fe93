// LionAR: LionA that turns every row of every matrix by a set angle and keeps its norm (Kosson,
// Messmer & Jaggi, NeurIPS 2024, after the rotational optimizers of Kosson et al., ICML 2024).
//
//   m, c as in LionA;  for each row, rho its first norm:
//   u = sign(c);  u -= w <u, w> / rho^2;  u /= |u|
//   w = w - angle rho u;   w *= rho / |w|          it turns by atan(angle)
//   angle = f_t s_t A(lr),   A = gamma sqrt(2 lr decay) by default (rotation.h)
//
// f_t: bias_correction.h; s_t: the RRC factor of the step's context. Vectors follow LionA without
// decay. Weight decay sets the angle; with decay 0 nothing is rotational and all is LionA. Options:
// a whole tensor instead of rows, centered rows, row gains. The angle rule, the granularity and the
// centering of the paper's runs are not public: assumed. Test: tests/optim/lion_ar_test.cpp.
#pragma once

#include <optional>

#include "coldstart/optim/options.h"
#include "coldstart/optim/rotation_options.h"
#include "coldstart/optim/sign_momentum.h"

namespace coldstart::optim {

class LionAR : public Optimizer {
 public:
  LionAR(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "lion_ar"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;

  static GroupRules groups(const OptimizerOptions& options);

 private:
  double beta_, scale_;
  InverseBiasCorrection inverse_;
  RotationAngle angle_;
  std::vector<ParamGroup> groups_;
  SignMomentum momentum_;
  std::optional<RowGain> gains_;
  Sphere sphere_;
};

}  // namespace coldstart::optim
