#include "coldstart/schedule/warmup_shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace coldstart::schedule {

double WarmupCurve::factor(int64_t step, int64_t warmup_steps) const {
  const auto t = static_cast<double>(first == WarmupFirst::one ? step + 1 : step);
  const double p = t / static_cast<double>(warmup_steps);
  switch (shape) {
    case WarmupShape::none:
      break;
    case WarmupShape::linear:
      return p;
    case WarmupShape::exponential:
      return std::pow(start, 1 - p);
    case WarmupShape::one_minus_cos:
      return (1 - std::cos(std::numbers::pi * p)) / 2;
    case WarmupShape::sqrt:
      return std::sqrt(p);
    case WarmupShape::untuned_linear:
      return std::min(1.0, rate * t / 2);
    case WarmupShape::untuned_exponential:
      return -std::expm1(-rate * t);
    case WarmupShape::matched_mup: {
      const double excess = 1 / (start * start) - 1;  // m^2 - 1
      return 1 / std::sqrt(1 + excess * std::exp(2 * t * std::log1p(-rate)));
    }
  }
  return 1;
}

double own_length(const WarmupCurve& curve) {
  double steps = 0;
  if (curve.shape == WarmupShape::untuned_linear) steps = 2 / curve.rate;
  if (curve.shape == WarmupShape::untuned_exponential) steps = -std::log(kMissing) / curve.rate;
  if (curve.shape == WarmupShape::matched_mup) {
    const double excess = 1 / (curve.start * curve.start) - 1;
    const double left = 1 / ((1 - kMissing) * (1 - kMissing)) - 1;
    steps = std::log(left / excess) / (2 * std::log1p(-curve.rate));
  }
  // 1 - 0.95 is not quite 0.05 in a double; 40 steps are 40.
  return std::max(0.0, std::ceil(steps * (1 - 1e-12)));
}

}  // namespace coldstart::schedule
