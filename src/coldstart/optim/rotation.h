// Angles: how far the weights of a rotational tensor turn in a step, in radians.
//
// With weight decay, the weights of AdamW end up turning by sqrt(2 lr decay (1-b)/(1+b)) a step,
// whatever the gradients' size: their norm settles where decay and updates balance (Kosson et al.,
// "Rotational Equilibrium", ICML 2024). Rotational optimizers take that angle from the first step
// on.
//   adamw         gamma(b1, b2) sqrt(2 lr decay);  gamma(b, b) = sqrt((1-b)/(1+b))
//   sign          sqrt(2 lr decay / D(b1, b2)): the equilibrium of sign updates itself
//   sibling_lion  sqrt(pi/2) times adamw's: the published approximation of `sign`
//   linear        adamw's at the peak of the schedule, times lr / peak
//   hyperball     lr: the relative step itself (Wen et al., "Hyperball Optimization")
// gamma and D: momentum_forms.h. All but linear and hyperball follow the root of the schedule.
// Test: tests/optim/rotation_test.cpp, tests/optim/oracles_b_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/enum_text.h"

namespace coldstart::optim {

enum class AngleRule : uint8_t { automatic, adamw, sign, sibling_lion, linear };

struct AngleInputs {
  double lr = 0, peak_lr = 0;
  double weight_decay = 0;
  double b1 = 0.9, b2 = 0.9;  // as in lion(b1, b2) of momentum_forms.h
};

double target_angle(AngleRule rule, const AngleInputs& in);

// The equilibrium of SGD with momentum a: sqrt(2 lr decay / (1+a)) with decay inside the gradient
// (PyTorch's form), sqrt(2 lr decay (1-a)/(1+a)) with decoupled decay.
double sgd_angle(double lr, double weight_decay, double a, bool decoupled);

}  // namespace coldstart::optim

template <>
struct coldstart::EnumText<coldstart::optim::AngleRule> {
  using E = optim::AngleRule;
  static constexpr auto names = enum_names<E>({{E::automatic, "auto"},
                                               {E::adamw, "adamw"},
                                               {E::sign, "sign"},
                                               {E::sibling_lion, "sibling_lion"},
                                               {E::linear, "linear"}});
};
