// Trust ratios: the rate of every matrix goes with its norm, so that all of them turn about equally
// fast, whatever their gradients. Vectors (gains, biases) keep the rate of the schedule.
//
//   lars   g' = r (g + lambda w),  r = |w| / (|g| + lambda |w|)      You, Gitman, Ginsburg 2017
//          before the momentum; SGD. g is the clipped mean gradient. With sgd_decoupled the decay
//          stands beside the momentum and is scaled alike.
//   lamb   w' = w - lr r (s u + lambda w),  r = |w| / |s u + lambda w|      You et al. 2020
//          u the optimizer's direction, s its scale; for every optimizer that takes plain steps.
//          Factors of the first steps and of RRC come on top, behind r.
// r = 1 where either norm is 0, so that what starts at zero can begin to move. LARS's trust
// coefficient is the learning rate here. Rotational optimizers set the angle themselves and have no
// use for it (docs/optimizers.md). Test: tests/optim/trust_ratio_test.cpp.
#pragma once

#include "coldstart/core/enum_text.h"
#include "coldstart/optim/apply.h"
#include "coldstart/optim/optimizer.h"

namespace coldstart::optim {

// r of LARS for one parameter; 1 when the step has another ratio or none, and for vectors.
// decay: lambda of the parameter.
double lars_ratio(const StepScope& step, size_t i, double decay);

}  // namespace coldstart::optim

template <>
struct coldstart::EnumText<coldstart::optim::TrustRatio> {
  using E = optim::TrustRatio;
  static constexpr auto names =
      enum_names<E>({{E::none, "none"}, {E::lars, "lars"}, {E::lamb, "lamb"}});
};
