#include "coldstart/plan/multi_power_law.h"

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {

MultiPowerSums::MultiPowerSums(const LrTrace& trace, std::span<const double> steps,
                               double resolution)
    : steps_(steps.begin(), steps.end()) {
  COLDSTART_CHECK(resolution > 0, "resolution {}", resolution);
  for (const double step : steps) s1_.push_back(trace.area(step));
  const double peak = trace.peak();
  const std::span<const LrKnot> knots = trace.knots();
  for (size_t i = 0; i + 1 < knots.size(); ++i) {
    const LrKnot &a = knots[i], &b = knots[i + 1];
    const double change = std::abs(a.lr - b.lr);
    if (change == 0) continue;
    const int parts = std::max(1, static_cast<int>(std::ceil(change / (resolution * peak))));
    for (int k = 0; k < parts; ++k) {
      const double middle = a.step + (b.step - a.step) * (k + 0.5) / parts;
      falls_.push_back({middle, (a.lr - b.lr) / parts, trace.lr(middle), trace.area(middle)});
    }
  }
}

std::vector<double> MultiPowerSums::falls(double C, double beta, double gamma) const {
  std::vector<double> scale;
  scale.reserve(falls_.size());
  for (const Fall& fall : falls_) scale.push_back(C * std::pow(fall.lr, -gamma));
  std::vector<double> sums(steps_.size(), 0);
  for (size_t i = 0; i < steps_.size(); ++i) {
    for (size_t k = 0; k < falls_.size() && falls_[k].step < steps_[i]; ++k) {
      const double x = scale[k] * (s1_[i] - falls_[k].area);
      sums[i] += falls_[k].amount * (1 - std::exp(-beta * std::log1p(x)));
    }
  }
  return sums;
}

std::vector<double> MultiPowerLaw::loss(const MultiPowerSums& sums) const {
  std::vector<double> result = sums.falls(shape.C, shape.beta, shape.gamma);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = floor + A * std::pow(sums.s1(i), -shape.alpha) - B * result[i];
  return result;
}

}  // namespace coldstart::plan
