// Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023):
//
//   c = b1 m + (1-b1) g      w = w - lr decay w - lr sign(c)      m = b2 m + (1-b2) g
//
// Rates are 3 to 10 times smaller and decays as much larger than AdamW's. Cautious as an option
// (Liang et al. 2024). Test: tests/optim/lion_test.cpp.
#pragma once

#include "coldstart/optim/options.h"
#include "coldstart/optim/sign_momentum.h"

namespace coldstart::optim {

class Lion : public Optimizer {
 public:
  Lion(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "lion"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;

  static GroupRules groups(const OptimizerOptions& options);

 private:
  std::vector<ParamGroup> groups_;
  SignMomentum momentum_;
};

}  // namespace coldstart::optim
