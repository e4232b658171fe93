// Momentum as a choice of four numbers: m' = keep m + add g, then c = mix_m m + mix_g g with m
// before the step. Everything that an optimizer calls momentum or Nesterov is one such choice.
//
//   ema(b)              m' = b m + (1-b) g,  c = m'                       (Adam, LionA, LionAR)
//   ema(b, nesterov)    c = b m' + (1-b) g = b^2 m + (1-b^2) g
//   ... heavy_ball      c = g + b/(1-b) m', the same direction, 1/(1-b) times as long
//   lion(b1, b2)        m' = b2 m + (1-b2) g,  c = b1 m + (1-b1) g        (Chen et al. 2023)
//   sgd(a)              m' = a m + g,  c = m';  nesterov: c = g + a m'    (PyTorch's form)
//
// So LionA(b) mixes as Lion(b, b), with Nesterov as Lion(b^2, b). For gradients that are
// independent from step to step, of mean 0 and variance 1 a coordinate:
//   gamma(b1, b2)^2 = E c^2 = (1-b1)^2 + b1^2 (1-b2)/(1+b2);  gamma(b)^2 = (1-b)/(1+b)
//   D(b1, b2) = 1 + (4/pi) sum_k asin(r_k), r_k the correlation of c with itself k steps later
// D is the long-run variance of sign(c): how much a random walk of signs spreads (Kosson et al.
// 2024 approximate it). Test: tests/optim/momentum_forms_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/enum_text.h"
#include "coldstart/kernels/updates.h"

namespace coldstart::optim {

enum class NesterovForm : uint8_t { ema, heavy_ball };

struct MomentumForm {
  double keep = 0, add = 1;
  double mix_m = 0, mix_g = 1;

  void apply_to(kernels::Direction& direction) const;
};

MomentumForm ema(double b, bool nesterov = false, NesterovForm form = NesterovForm::ema);
MomentumForm lion(double b1, double b2);
MomentumForm sgd(double a, bool nesterov);

double gamma(double b);
double gamma(double b1, double b2);
double sign_long_run_variance(double b);  // D(b): 13.28 at 0.9, 68.67 at 0.98
double sign_long_run_variance(double b1, double b2);

}  // namespace coldstart::optim

template <>
struct coldstart::EnumText<coldstart::optim::NesterovForm> {
  using E = optim::NesterovForm;
  static constexpr auto names = enum_names<E>({{E::ema, "ema"}, {E::heavy_ball, "heavy_ball"}});
};
