// Schedule-free AdamW (Defazio et al., "The Road Less Scheduled", 2024): averaging in place of a
// decaying rate.
//
//   y = (1-b1) z + b1 x: the gradient is taken at y, the model is evaluated at x
//   v = b2 v + (1-b2) g^2;   z' = z - lr (g / (sqrt(v / (1-b2^t)) + eps) + decay y)
//   x' = (1-k) x + k z',   k = lr_t^2 / sum of lr_i^2
//
// The weights are y while training; z is a state and x = (y - (1-b1) z) / b1 is made when it is
// needed. enter_evaluation keeps y in a state of its own, so that leaving gives back the same bits,
// in a resumed run as well. There is no first-moment correction, yet k = 1 at the first step, so y
// moves by all of the first update. b1 = 0 is refused: x could not be had from y and z. The RRC
// factor scales the update, not the decay, by parameter. Test:
// tests/optim/schedule_free_adamw_test.cpp.
#pragma once

#include <vector>

#include "coldstart/optim/apply.h"
#include "coldstart/optim/options.h"

namespace coldstart::optim {

class ScheduleFreeAdamW : public Optimizer {
 public:
  ScheduleFreeAdamW(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "schedule_free_adamw"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;
  void enter_evaluation(ParamList& params, kernels::Kernels& kernels) override;
  void leave_evaluation(ParamList& params, kernels::Kernels& kernels) override;

  static GroupRules groups(const OptimizerOptions& options);

 private:
  double beta1_, beta2_, eps_;
  BiasCorrectionV correction_v_;
  std::vector<ParamGroup> groups_;
  DType dtype_;
  Arena z_, v_, y_;
  std::vector<double> lr_square_sum_;  // one number
};

}  // namespace coldstart::optim
