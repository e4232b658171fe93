#include "coldstart/plan/best_step.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "coldstart/plan/noise.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr size_t kWidth = 5;
constexpr double kTolerance = 3;  // standard deviations of one evaluation

// Does the loss fall behind the onset, by more than the noise of one evaluation?
bool gains_after(std::span<const double> values, double sd) {
  if (values.size() < 4) return true;  // the onset is at the end
  const size_t half = values.size() / 2;
  return mean(values.first(half)) - mean(values.last(half)) > sd;
}

// Is the last quarter of the run lower than the one before, by more than the noise of the means?
bool falls_late(const Curve& val, std::span<const double> values,
                const std::optional<PointNoise>& noise, int64_t length) {
  std::vector<double> third, fourth;
  for (size_t i = 0; i < val.size(); ++i) {
    const double fraction = static_cast<double>(val.step[i]) / static_cast<double>(length);
    if (fraction > 0.75)
      fourth.push_back(values[i]);
    else if (fraction > 0.5)
      third.push_back(values[i]);
  }
  if (third.empty() || fourth.empty()) return false;
  const double se =
      noise ? std::hypot(noise->mean_se(third.size()), noise->mean_se(fourth.size())) : 0;
  return mean(third) - mean(fourth) > 2 * se;
}

}  // namespace

std::optional<BestStep> best_step_of(const Trial& trial, int64_t length, int64_t fewest,
                                     double usual_sd) {
  const Curve val = val_curve(trial);
  if (std::ssize(val.value) < fewest || val.size() < kWidth || length <= 0) return std::nullopt;
  const auto best = static_cast<size_t>(std::ranges::min_element(val.value) - val.value.begin());
  const std::vector<double> calm = without_spikes(val.value);
  const auto smooth = centred_mean(calm, kWidth);
  const auto noise = point_noise(val.value, kBestStepNoiseShare);
  const double sd = std::max(noise ? noise->sd : 0, usual_sd);

  BestStep result;
  result.tolerance = kTolerance * sd;
  const double within = *std::ranges::min_element(smooth) + result.tolerance;
  const auto onset = static_cast<size_t>(
      std::ranges::find_if(smooth, [&](double value) { return value <= within; }) - smooth.begin());
  result.flat = onset == 0;
  result.best = val.step[best];
  result.onset = val.step[onset];
  result.best_fraction = static_cast<double>(result.best) / static_cast<double>(length);
  result.onset_fraction = static_cast<double>(result.onset) / static_cast<double>(length);
  result.value = val.value[best];
  result.falls_late = falls_late(val, calm, noise, length);
  result.gains_after_onset = gains_after(std::span(calm).subspan(onset), sd);
  return result;
}

}  // namespace coldstart::plan
