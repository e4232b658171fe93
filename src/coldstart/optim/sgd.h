// SGD with momentum in PyTorch's form:
//
//   m = a m + g'      w = w - lr m, with Nesterov w - lr (g' + a m)
//   g' = g + decay w (PyTorch), or g with sgd_decoupled, and then w loses lr decay w beside it
//
// Decay through the momentum turns the weights by sqrt(2 lr decay / (1+a)) a step in equilibrium,
// decoupled decay by sqrt(2 lr decay (1-a)/(1+a)) (Kosson et al. 2024). Test:
// tests/optim/sgd_test.cpp (against torch.optim.SGD).
#pragma once

#include "coldstart/optim/apply.h"
#include "coldstart/optim/options.h"

namespace coldstart::optim {

class Sgd : public Optimizer {
 public:
  Sgd(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "sgd"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;

  static GroupRules groups(const OptimizerOptions& options);

 private:
  MomentumForm form_;
  bool decoupled_;
  std::vector<ParamGroup> groups_;
  DType dtype_;
  Arena m_;
};

}  // namespace coldstart::optim
