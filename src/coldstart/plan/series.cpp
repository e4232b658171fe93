#include "coldstart/plan/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/quantile.h"

namespace coldstart::plan {

Curve curve_of(const std::vector<int64_t>& step, const std::vector<double>& value,
               std::string_view where) {
  Curve curve;
  if (value.empty()) return curve;
  if (step.size() != value.size())
    throw DataError(where, fmt::format("{} values for {} steps", value.size(), step.size()),
                    "every step needs one value; a value that is missing is NaN");
  curve.step.reserve(step.size());
  curve.value.reserve(step.size());
  for (size_t i = 0; i < step.size(); ++i) {
    if (i > 0 && step[i] <= step[i - 1])
      throw DataError(where,
                      fmt::format("steps must increase; got {} after {}", step[i], step[i - 1]),
                      "two runs in one log, or a resumed run whose lost steps were kept: leave "
                      "one record a step");
    if (!std::isfinite(value[i])) {
      ++curve.missing;
      continue;
    }
    curve.step.push_back(step[i]);
    curve.value.push_back(value[i]);
  }
  return curve;
}

std::string name_of(const Trial& trial) {
  return trial.name.empty() ? fmt::format("trial {}", trial.index) : trial.name;
}

Curve val_curve(const Trial& trial) {
  return curve_of(trial.evals.step, trial.evals.val, name_of(trial) + " val");
}

Curve train_curve(const Trial& trial) {
  return curve_of(trial.evals.step, trial.evals.train, name_of(trial) + " train");
}

Curve loss_curve(const Trial& trial) {
  return curve_of(trial.steps.step, trial.steps.loss, name_of(trial) + " loss");
}

std::vector<double> centred_mean(std::span<const double> values, size_t width) {
  COLDSTART_CHECK(width % 2 == 1, "the width is {}", width);
  const size_t n = values.size(), half = width / 2;
  std::vector<double> result(n);
  for (size_t i = 0; i < n; ++i) {
    const size_t from = i < half ? 0 : i - half, to = std::min(n, i + half + 1);
    result[i] = mean(values.subspan(from, to - from));
  }
  return result;
}

std::vector<double> without_spikes(std::span<const double> values) {
  constexpr size_t kSide = 4, kFar = kSide + 1;
  constexpr double kSpike = 6, kMadToSd = 1.4826;
  std::vector<double> result(values.begin(), values.end());
  if (values.size() <= 2 * kFar) return result;
  std::vector<double> bends;
  for (size_t i = kFar; i + kFar < values.size(); ++i)
    bends.push_back(std::abs(values[i] - (values[i - kFar] + values[i + kFar]) / 2));
  const auto half = bends.begin() + std::ssize(bends) / 2;
  std::ranges::nth_element(bends, half);
  const double limit = kSpike * kMadToSd * *half / std::sqrt(1.5);
  std::array<double, 2 * kSide + 1> window{};
  for (size_t i = kSide; i + kSide < values.size(); ++i) {
    std::copy_n(values.begin() + static_cast<ptrdiff_t>(i - kSide), window.size(), window.begin());
    std::ranges::nth_element(window, window.begin() + kSide);
    if (values[i] - window[kSide] > limit) result[i] = window[kSide];
  }
  return result;
}

double mean(std::span<const double> values) {
  if (values.empty()) return NAN;
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return sum / static_cast<double>(values.size() - 1);
}

double median_of(std::vector<double> values) {
  if (values.empty()) return NAN;
  std::ranges::sort(values);
  return quantile(values, 0.5);
}

double mad(std::span<const double> values) {
  const double middle = median_of({values.begin(), values.end()});
  std::vector<double> distances(values.begin(), values.end());
  for (double& distance : distances) distance = std::abs(distance - middle);
  return median_of(std::move(distances));
}

Line fit_line(std::span<const double> x, std::span<const double> y) {
  COLDSTART_CHECK(x.size() == y.size(), "{} x and {} y", x.size(), y.size());
  Line line;
  if (x.empty()) return line;
  const double x_mean = mean(x);
  line.level = mean(y);
  double xx = 0, xy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - x_mean) * (x[i] - x_mean);
    xy += (x[i] - x_mean) * (y[i] - line.level);
  }
  if (xx == 0) return line;
  line.slope = xy / xx;
  if (x.size() < 3) return line;
  double residuals = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double residual = y[i] - line.level - line.slope * (x[i] - x_mean);
    residuals += residual * residual;
  }
  line.slope_se = std::sqrt(residuals / static_cast<double>(x.size() - 2) / xx);
  return line;
}

}  // namespace coldstart::plan
