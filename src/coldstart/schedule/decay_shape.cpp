#include "coldstart/schedule/decay_shape.h"

#include <cmath>
#include <numbers>

namespace coldstart::schedule {

double DecayCurve::factor(int64_t j, int64_t decay_steps) const {
  if (shape == DecayShape::none) return 1;
  if (shape == DecayShape::inverse_sqrt) {
    const auto scale = static_cast<double>(timescale);
    return std::sqrt(scale / (scale + static_cast<double>(j)));
  }
  if (j == decay_steps) return final_ratio;  // exactly, free of rounding in cos and division
  const double r = final_ratio, p = static_cast<double>(j) / static_cast<double>(decay_steps);
  const auto between = [r](double s) { return r + (1 - r) * s; };
  switch (shape) {
    case DecayShape::linear:
      return between(1 - p);
    case DecayShape::cosine:
      return between((1 + std::cos(std::numbers::pi * p)) / 2);
    case DecayShape::one_minus_sqrt:
      return between(1 - std::sqrt(p));
    case DecayShape::power:
      return between(std::pow(1 - p, power));
    case DecayShape::exponential:
      return std::pow(r, p);
    case DecayShape::step: {
      const int64_t fallen = j * (drops + 1) / decay_steps;
      return std::pow(r, static_cast<double>(fallen) / static_cast<double>(drops));
    }
    case DecayShape::none:
    case DecayShape::inverse_sqrt:
      break;
  }
  return 1;
}

}  // namespace coldstart::schedule
