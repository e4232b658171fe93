#include "coldstart/optim/momentum_forms.h"

#include <cmath>
#include <numbers>

namespace coldstart::optim {

void MomentumForm::apply_to(kernels::Direction& direction) const {
  direction.keep = keep;
  direction.add = add;
  direction.mix_m = mix_m;
  direction.mix_g = mix_g;
}

MomentumForm ema(double b, bool nesterov, NesterovForm form) {
  MomentumForm result{.keep = b, .add = 1 - b, .mix_m = b, .mix_g = 1 - b};
  if (!nesterov) return result;
  result.mix_m = b * b;
  result.mix_g = 1 - b * b;
  if (form == NesterovForm::heavy_ball) {
    result.mix_m /= 1 - b;
    result.mix_g = 1 + b;
  }
  return result;
}

MomentumForm lion(double b1, double b2) {
  return {.keep = b2, .add = 1 - b2, .mix_m = b1, .mix_g = 1 - b1};
}

MomentumForm sgd(double a, bool nesterov) {
  if (nesterov) return {.keep = a, .add = 1, .mix_m = a * a, .mix_g = 1 + a};
  return {.keep = a, .add = 1, .mix_m = a, .mix_g = 1};
}

double gamma(double b) { return std::sqrt((1 - b) / (1 + b)); }

double gamma(double b1, double b2) {
  return std::sqrt((1 - b1) * (1 - b1) + b1 * b1 * (1 - b2) / (1 + b2));
}

double sign_long_run_variance(double b) { return sign_long_run_variance(b, b); }

double sign_long_run_variance(double b1, double b2) {
  // E c_t c_(t+k) for k >= 1 is first * b2^(k-1).
  const double variance_m = (1 - b2) / (1 + b2), variance_c = std::pow(gamma(b1, b2), 2);
  const double first = b1 * b1 * b2 * variance_m + b1 * (1 - b1) * (1 - b2);
  double sum = 0;
  for (double r = first / variance_c; r > 1e-17; r *= b2) sum += std::asin(r);
  return 1 + 4 / std::numbers::pi * sum;
}

}  // namespace coldstart::optim
