// LionA: Lion with a fixed update norm that AdamW's hyper-parameters fit (Kosson, Messmer & Jaggi,
// "Analyzing & Reducing the Need for Learning Rate Warmup in GPT Training", NeurIPS 2024).
//
//   m = b m + (1-b) g      c = m, with Nesterov b m + (1-b) g      u = gamma sign(c)
//   w = w - lr decay w - lr f_t u            gamma = sqrt((1-b)/(1+b)),  sign(0) = 0
//
// |lr u| = lr gamma sqrt(d) at every step, whatever the gradients: the size that AdamW's updates
// settle at when gradients are independent. LionA(b) is Lion(b, b), with Nesterov Lion(b^2, b), at
// rate lr gamma and decay decay/gamma. f_t is the inverse bias correction (bias_correction.h); it
// and the RRC factor scale the update, not the decay. lion_a_scale: gamma_nesterov is the size that
// Nesterov's mixture would have in AdamW, one that of plain Lion. The paper does not print the
// rule: one coefficient, the scale and the place of f_t are assumed. Test:
// tests/optim/lion_a_test.cpp.
#pragma once

#include "coldstart/optim/options.h"
#include "coldstart/optim/sign_momentum.h"

namespace coldstart::optim {

double lion_a_scale(const OptimizerOptions& options);

class LionA : public Optimizer {
 public:
  LionA(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "lion_a"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;

  static GroupRules groups(const OptimizerOptions& options);

 private:
  double beta_, scale_;
  InverseBiasCorrection inverse_;
  std::vector<ParamGroup> groups_;
  SignMomentum momentum_;
};

}  // namespace coldstart::optim
