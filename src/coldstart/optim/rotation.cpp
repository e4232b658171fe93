#include "coldstart/optim/rotation.h"

#include <cmath>
#include <numbers>

#include "coldstart/core/error.h"
#include "coldstart/optim/momentum_forms.h"

namespace coldstart::optim {

double target_angle(AngleRule rule, const AngleInputs& in) {
  // One product first: halving the rate and doubling the decay gives the same bits.
  const double twice = 2 * (in.lr * in.weight_decay);
  switch (rule) {
    case AngleRule::automatic:
      break;
    case AngleRule::adamw:
      return gamma(in.b1, in.b2) * std::sqrt(twice);
    case AngleRule::sign:
      return std::sqrt(twice / sign_long_run_variance(in.b1, in.b2));
    case AngleRule::sibling_lion:
      return gamma(in.b1, in.b2) * std::sqrt(std::numbers::pi / 2 * twice);
    case AngleRule::linear:
      COLDSTART_CHECK(in.peak_lr > 0, "the linear rule needs the peak rate");
      return gamma(in.b1, in.b2) * std::sqrt(2 * (in.peak_lr * in.weight_decay)) *
             (in.lr / in.peak_lr);
  }
  COLDSTART_CHECK(false, "an angle rule that is not resolved");
  return 0;
}

double sgd_angle(double lr, double weight_decay, double a, bool decoupled) {
  return std::sqrt(2 * lr * weight_decay * (decoupled ? 1 - a : 1) / (1 + a));
}

}  // namespace coldstart::optim
