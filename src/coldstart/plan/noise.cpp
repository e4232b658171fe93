#include "coldstart/plan/noise.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/plan/distributions.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr size_t kLine = 7;         // points of the local line
constexpr size_t kFewest = 12;      // values
constexpr double kMostPhi = 0.8;    // nothing above can be told from a trend by 7 points
constexpr double kTail = 0.2;       // of the run: where the objective is decided
constexpr int64_t kBestTrials = 5;  // whose lower bounds are looked at
constexpr size_t kBestPoints = 5;   // whose seeds are

// What a 7-point line leaves of noise with correlation phi^distance, at its middle: variance and
// covariance of neighbours as multiples of the noise's variance.
struct Left {
  double variance = 0, neighbours = 0;
};
Left left_by_line(double phi) {
  std::array<double, kLine + 1> here{}, next{};  // weights of the residual at 3 and at 4
  for (size_t i = 0; i < kLine; ++i) {
    here[i] -= 1.0 / kLine;
    next[i + 1] -= 1.0 / kLine;
  }
  here[3] += 1;
  next[4] += 1;
  Left left;
  for (size_t i = 0; i <= kLine; ++i) {
    for (size_t j = 0; j <= kLine; ++j) {
      const double correlation =
          std::pow(phi, std::abs(static_cast<double>(i) - static_cast<double>(j)));
      left.variance += here[i] * here[j] * correlation;
      left.neighbours += here[i] * next[j] * correlation;
    }
  }
  return left;
}

// The line through 7 equally spaced points passes their mean in the middle.
std::vector<double> residuals_of(std::span<const double> values) {
  std::vector<double> residuals;
  for (size_t i = kLine / 2; i + kLine / 2 < values.size(); ++i)
    residuals.push_back(values[i] - mean(values.subspan(i - kLine / 2, kLine)));
  return residuals;
}

// sigma and its interval from s, the square root of a sum of squares over n - 1 degrees of freedom.
Noise noise_of(double s, int64_t n) {
  const auto degrees = static_cast<double>(n - 1);
  Noise noise{.sigma = s / c4(n), .interval = {}, .n = n};
  noise.interval = {s * std::sqrt(degrees / chi_squared_quantile(0.975, degrees)), noise.sigma,
                    s * std::sqrt(degrees / chi_squared_quantile(0.025, degrees))};
  return noise;
}

}  // namespace

double c4(int64_t n) {
  COLDSTART_CHECK(n >= 2, "a standard deviation of {} values", n);
  const double half = static_cast<double>(n) / 2;
  return std::sqrt(1 / (half - 0.5)) * std::exp(std::lgamma(half) - std::lgamma(half - 0.5));
}

Noise noise_of_reruns(std::span<const double> objectives) {
  for (const double objective : objectives)
    if (!std::isfinite(objective)) return {};
  if (objectives.size() < 2) return {};
  return noise_of(std::sqrt(variance(objectives)), std::ssize(objectives));
}

Noise noise_of_points(std::vector<std::vector<double>> points) {
  std::erase_if(points, [](const std::vector<double>& results) { return results.size() < 2; });
  std::ranges::stable_sort(points, {}, [](const auto& results) { return mean(results); });
  if (points.size() > kBestPoints) points.resize(kBestPoints);
  double squares = 0;
  int64_t degrees = 0;
  for (const std::vector<double>& results : points) {
    squares += variance(results) * static_cast<double>(results.size() - 1);
    degrees += std::ssize(results) - 1;
  }
  if (degrees == 0) return {};
  return noise_of(std::sqrt(squares / static_cast<double>(degrees)), degrees + 1);
}

double PointNoise::mean_se(size_t points) const {
  const auto n = static_cast<double>(points);
  double sum = n;
  for (double k = 1, power = phi; k < n && power > 1e-6; ++k, power *= phi)
    sum += 2 * (n - k) * power;
  return sd * std::sqrt(sum) / n;
}

std::optional<PointNoise> point_noise(std::span<const double> values, double share) {
  const auto wanted = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  const size_t count = std::min(values.size(), std::max(wanted, kFewest));
  if (count < kFewest) return std::nullopt;
  const std::vector<double> calm = without_spikes(values);
  const auto residuals = residuals_of(std::span(calm).last(count));
  double square = 0, product = 0;
  for (size_t i = 0; i < residuals.size(); ++i) {
    square += residuals[i] * residuals[i];
    if (i > 0) product += residuals[i] * residuals[i - 1];
  }
  if (square == 0) return PointNoise{};
  square /= static_cast<double>(residuals.size());
  const double ratio = product / static_cast<double>(residuals.size() - 1) / square;
  double low = 0, high = kMostPhi;  // the ratio grows with phi
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    const Left left = left_by_line(middle);
    (left.neighbours / left.variance < ratio ? low : high) = middle;
  }
  return PointNoise{std::sqrt(square / left_by_line(low).variance), low};
}

std::optional<double> noise_lower_bound(const Trial& trial) {
  const Curve val = val_curve(trial);
  const auto points = point_noise(val.value, kTail);
  const Curve errors = curve_of(trial.evals.step, trial.evals.val_se, name_of(trial) + " val_se");
  if (errors.size() == 0) return points ? std::optional(points->sd) : std::nullopt;
  return std::max(median_of(errors.value), points ? points->sd : 0.0);
}

Noise study_noise(const Study& study) {
  if (study.sigma) {
    if (study.sigma_n < 2) return {.sigma = *study.sigma, .interval = {}, .n = study.sigma_n};
    return noise_of(*study.sigma * c4(study.sigma_n), study.sigma_n);
  }
  std::vector<double> bounds;
  const auto ranked = ranked_trials(study);
  for (size_t i = 0; i < ranked.size() && std::ssize(bounds) < kBestTrials; ++i)
    if (const auto bound = noise_lower_bound(study.trials[ranked[i].trial]))
      bounds.push_back(*bound);
  if (bounds.empty()) return {};
  return {.sigma = median_of(std::move(bounds)), .interval = {}, .lower_bound = true};
}

Verdict noise_verdict(const Noise& noise, double objective) {
  Verdict verdict{.rule = "AD-01", .label = "NOISE", .text = {}};
  if (!noise.known()) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text =
        "The noise between seeds is not known: fewer than two finished reruns of one "
        "configuration, and no curve of 12 evaluations to bound it from below.";
    verdict.next = {"run the best configuration again with other seeds (--seed), 5 runs in all"};
    return verdict;
  }
  verdict.evidence = {{.id = "sigma",
                       .what = "standard deviation of the objective between seeds",
                       .value = noise.interval}};
  verdict.evidence[0].value.mid = noise.sigma;
  const double percent = 100 * noise.sigma / std::abs(objective);
  if (noise.lower_bound) {
    verdict.tags = {"NOISE_LOWER_BOUND"};
    verdict.text = fmt::format(
        "sigma is at least {:.4g} ({:.2g} %), from the scatter of single "
        "curves; seeds can differ by more.",
        noise.sigma, percent);
    verdict.next = {"run the best configuration again with other seeds (--seed), 5 runs in all"};
    return verdict;
  }
  verdict.text =
      fmt::format("sigma = {:.4g} ({:.2g} %) from {} reruns (interval {:.4g} to {:.4g}).",
                  noise.sigma, percent, noise.n, noise.interval.lo, noise.interval.hi);
  if (noise.n < 3)
    verdict.warnings = {"two reruns bound sigma within a factor of 30 only; five are usual"};
  verdict.would_change = {"another architecture, optimizer, batch size or amount of data"};
  return verdict;
}

Verdict subset_verdict(std::span<const double> documents, std::span<const size_t> subset) {
  std::vector<double> chosen;
  for (const size_t index : subset) {
    if (index >= documents.size())
      throw DataError("eval subset", fmt::format("document {} of {}", index, documents.size()),
                      "the subset lists documents of the whole set, from 0");
    chosen.push_back(documents[index]);
  }
  Verdict verdict{.rule = "EV-07", .label = "KEEP", .text = {}};
  if (chosen.size() < 10) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format("{} documents are too few to judge a subset.", chosen.size());
    return verdict;
  }
  const double all = mean(documents), part = mean(chosen);
  const double n = static_cast<double>(chosen.size()),
               whole = static_cast<double>(documents.size());
  // The subset is drawn from the whole without replacement.
  const double se = std::sqrt(variance(documents) / n * std::max(0.0, 1 - n / whole));
  const double resolved = 2 * std::sqrt(2.0) * std::sqrt(variance(chosen) / n);
  verdict.evidence = {{.id = "skew",
                       .what = "mean of the subset - mean of the whole set, in standard errors",
                       .value = {.mid = se > 0 ? (part - all) / se : 0.0},
                       .threshold = 2},
                      {.id = "resolution",
                       .what = "smallest difference of two independent results it can resolve",
                       .value = {.mid = resolved}}};
  const bool skewed = std::abs(part - all) > 2 * se;
  if (skewed) verdict.standing = Standing::refused;
  if (skewed) verdict.label = "SKEWED";
  verdict.text = fmt::format(
      "The subset's mean {:.5g} {} the whole set's {:.5g}; it resolves "
      "differences from {:.2g} upwards.",
      part, skewed ? "does not agree with" : "agrees with", all, resolved);
  return verdict;
}

}  // namespace coldstart::plan
