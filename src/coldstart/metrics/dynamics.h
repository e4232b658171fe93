// Where weight decay and updates balance, for gradients that are a random walk orthogonal to w: the
// curve to hold a measured angular update against.
//
// Of a direction u per coordinate, with variance s^2 and correlations rho_k between steps k apart,
//   D = 1 + 2 sum_k rho_k
//   equilibrium: RMS(w)^2 = lr s^2 D / (2 decay)     angle a step = sqrt(2 lr decay / D)
//   on the way:  r^2 <- (1 - lr decay)^2 r^2 + lr^2 s^2 D,   angle = lr RMS(u_t) / r
//   AdamW:       s = sqrt((1-b)/(1+b)), D = (1+b)/(1-b)
//   sign(EMA):   D = 1 + (4/pi) sum_k asin(rho_k of the EMA); LionA: s = sqrt((1-b)/(1+b))
//   SGD:         angle sqrt(2 lr decay / (1+a)), decoupled sqrt(2 lr decay (1-a)/(1+a)); the size
//                of the weights depends on that of the gradients
// Sources: Kosson, Messmer, Jaggi, "Rotational Equilibrium" (ICML 2024, arXiv 2305.17212) for AdamW
// and SGD; derived here for signs. Test: tests/metrics/dynamics_test.cpp.
#pragma once

#include <cstdint>
#include <optional>

namespace coldstart::metrics {

struct Dynamics {
  double weight_decay = 0;
  double correlation = 1;  // D
  double update_rms = 0;   // s, late in a run; 0: depends on the gradients
  // RMS(u_t) of Adam at early steps, where the bias corrections act.
  bool adam = false;
  double beta1 = 0, beta2 = 0;
  bool corrects_m = true, corrects_v = true;

  double early_update_rms(int64_t t) const;  // RMS(u_t), t from 1
};

Dynamics adamw_dynamics(double weight_decay, double beta1, double beta2, bool corrects_m = true,
                        bool corrects_v = true);
// u = scale * sign(b1 m + (1-b1) g), m an EMA with decay b2: Lion(b1, b2). LionA without Nesterov
// is b1 = b2, with Nesterov b1 = b^2, b2 = b.
Dynamics sign_dynamics(double weight_decay, double b1, double b2, double scale);
Dynamics sgd_dynamics(double weight_decay, double momentum, bool decoupled);

struct Equilibrium {
  double angle = 0;           // radians a step
  std::optional<double> rms;  // of the weights
};
// Nothing without weight decay or learning rate: the weights grow for ever.
std::optional<Equilibrium> equilibrium(const Dynamics& dynamics, double lr);

}  // namespace coldstart::metrics
