#include "coldstart/plan/overfitting.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "coldstart/plan/noise.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr size_t kFewest = 8;  // evaluations
constexpr size_t kWidth = 5;   // of the mean
constexpr double kTail = 0.05, kNoiseShare = 0.5;
constexpr size_t kLastAbove = 3;
constexpr double kSmallestRise = 0.001;  // of the loss

// The loss of the even (0) or odd (1) documents at each evaluation; empty without documents.
std::vector<double> half_of(const EvalSeries& evals, size_t half) {
  std::vector<double> losses;
  if (evals.docs.size() != evals.size()) return losses;
  for (const auto& documents : evals.docs) {
    if (documents.size() < 4 || documents.size() != evals.docs.front().size()) return {};
    double sum = 0, count = 0;
    for (size_t k = half; k < documents.size(); k += 2, ++count) {
      if (!std::isfinite(documents[k])) return {};
      sum += documents[k];
    }
    losses.push_back(sum / count);
  }
  return losses;
}

// Standard error of the difference of two evaluations over the odd documents.
double paired_se(const EvalSeries& evals, size_t a, size_t b) {
  std::vector<double> differences;
  for (size_t k = 1; k < evals.docs[a].size(); k += 2)
    differences.push_back(static_cast<double>(evals.docs[a][k]) - evals.docs[b][k]);
  return std::sqrt(variance(differences) / static_cast<double>(differences.size()));
}

double mean_of_last(std::span<const double> values, size_t count) {
  return mean(values.last(count));
}

}  // namespace

std::optional<Overfitting> detect_overfitting(const Trial& trial, double sigma) {
  const Curve val = val_curve(trial);
  const size_t n = val.size();
  if (n < kFewest) return std::nullopt;

  const std::vector<double> half_a = half_of(trial.evals, 0), half_b = half_of(trial.evals, 1);
  const bool paired = !half_a.empty() && val.missing == 0;
  const auto found_on = centred_mean(without_spikes(paired ? half_a : val.value), kWidth);
  const auto measured_on = paired ? centred_mean(without_spikes(half_b), kWidth) : found_on;
  const auto best = static_cast<size_t>(std::ranges::min_element(found_on) - found_on.begin());
  const size_t tail =
      std::max(kLastAbove, static_cast<size_t>(std::ceil(kTail * static_cast<double>(n))));

  Overfitting result;
  result.best_step = val.step[best];
  const double floor = measured_on[best];
  result.rise = mean_of_last(measured_on, tail) - floor;
  // The noise of the smoothed minimum and of the smoothed tail, and that the minimum was chosen.
  const auto points = point_noise(val.value, 0.5);
  const double scatter = points ? std::hypot(points->mean_se(kWidth), points->mean_se(tail)) : 0;
  const double se = paired ? std::max(paired_se(trial.evals, n - 1, best), scatter) : 2 * scatter;
  result.tolerance =
      std::max({2 * se, kNoiseShare * sigma, kSmallestRise * std::abs(val.value[best])});
  const bool above = std::ranges::all_of(std::span(measured_on).last(kLastAbove),
                                         [&](double value) { return value > floor; });
  const bool rises = result.rise > result.tolerance && above && best + tail < n;
  const double gained = val.value.front() - floor;
  result.severity = gained > 0 ? std::max(0.0, result.rise / gained) : 0;

  const Curve train = train_curve(trial);
  if (rises && train.size() >= kFewest) {
    const auto smooth = centred_mean(train.value, kWidth);
    const auto then = std::ranges::lower_bound(train.step, result.best_step) - train.step.begin();
    const auto at = std::min(static_cast<size_t>(then), smooth.size() - 1);
    const auto train_points = point_noise(train.value, 0.5);
    const double train_se = train_points ? train_points->mean_se(kWidth) : 0;
    result.train_rising =
        smooth.back() - smooth[at] > std::max(3 * train_se, kSmallestRise * std::abs(smooth[at]));
    result.confirmed = !result.train_rising;
  }
  result.overfits = rises && !result.train_rising;
  return result;
}

}  // namespace coldstart::plan
