// One momentum whose mixture's sign is the direction: what Lion, LionA, LionAR and rotational Lion
// have in common. The form of the momentum is that of momentum_forms.h; sign(0) = 0.
// Test: tests/optim/lion_test.cpp.
#pragma once

#include <vector>

#include "coldstart/optim/apply.h"
#include "coldstart/optim/momentum_forms.h"

namespace coldstart::optim {

class SignMomentum {
 public:
  SignMomentum(const ParamList& params, const MomentumForm& form, bool cautious);

  kernels::Direction direction(const StepScope& step) const;
  kernels::UpdateTensors tensors(const ParamList& params, size_t i) const;
  std::vector<NamedTensor> states();

 private:
  MomentumForm form_;
  bool cautious_;
  DType dtype_;
  Arena m_;
};

}  // namespace coldstart::optim
