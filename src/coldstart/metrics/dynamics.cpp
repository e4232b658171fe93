#include "coldstart/metrics/dynamics.h"

#include <cmath>
#include <numbers>

namespace coldstart::metrics {

double Dynamics::early_update_rms(int64_t t) const {
  if (!adam) return update_rms;
  const double b = beta1, steps = static_cast<double>(t), decayed = std::pow(b, steps);
  const double corrected = std::sqrt((1 - b) * (1 + decayed) / ((1 + b) * (1 - decayed)));
  return corrected * (corrects_m ? 1 : 1 - decayed) /
         (corrects_v ? 1 : std::sqrt(1 - std::pow(beta2, steps)));
}

Dynamics adamw_dynamics(double weight_decay, double beta1, double beta2, bool corrects_m,
                        bool corrects_v) {
  return {.weight_decay = weight_decay,
          .correlation = (1 + beta1) / (1 - beta1),
          .update_rms = std::sqrt((1 - beta1) / (1 + beta1)),
          .adam = true,
          .beta1 = beta1,
          .beta2 = beta2,
          .corrects_m = corrects_m,
          .corrects_v = corrects_v};
}

Dynamics sign_dynamics(double weight_decay, double b1, double b2, double scale) {
  // c_t = (1-b1) g_t + sum_{j>0} h b2^(j-1) g_(t-j) with h = b1 (1-b2).
  const double now = 1 - b1, h = b1 * (1 - b2), memory = 1 - b2 * b2;
  const double variance = now * now + h * h / memory;
  double correlation = (now * h + h * h * b2 / memory) / variance, sum = 0;
  for (int k = 0; k < 100000 && correlation > 1e-12; ++k) {
    sum += std::asin(correlation);
    correlation *= b2;
  }
  return {.weight_decay = weight_decay,
          .correlation = 1 + 4 / std::numbers::pi * sum,
          .update_rms = scale};
}

Dynamics sgd_dynamics(double weight_decay, double momentum, bool decoupled) {
  const double a = momentum;
  return {.weight_decay = weight_decay, .correlation = decoupled ? (1 + a) / (1 - a) : 1 + a};
}

std::optional<Equilibrium> equilibrium(const Dynamics& d, double lr) {
  if (!(lr > 0 && d.weight_decay > 0)) return std::nullopt;
  Equilibrium e{.angle = std::sqrt(2 * lr * d.weight_decay / d.correlation), .rms = std::nullopt};
  if (d.update_rms > 0) e.rms = d.update_rms * std::sqrt(lr * d.correlation / (2 * d.weight_decay));
  return e;
}

}  // namespace coldstart::metrics
