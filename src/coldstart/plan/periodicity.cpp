#include "coldstart/plan/periodicity.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include "coldstart/plan/distributions.h"
#include "coldstart/plan/noise.h"

namespace coldstart::plan {

namespace {

constexpr size_t kFewest = 24, kMost = 512;  // points
constexpr double kLevel = 1e-3;
constexpr double kPeriods = 3, kPointsAPeriod = 4;

struct Points {
  std::vector<double> step, value;
};

// At most kMost points: means of neighbours.
Points thinned(const Curve& curve) {
  const size_t each = (curve.size() + kMost - 1) / kMost;
  Points points;
  for (size_t i = 0; i + each <= curve.size(); i += each) {
    double step = 0;
    for (size_t j = i; j < i + each; ++j) step += static_cast<double>(curve.step[j]);
    points.step.push_back(step / static_cast<double>(each));
    points.value.push_back(mean(std::span(curve.value).subspan(i, each)));
  }
  return points;
}

// What a sine of this period explains: amplitude, and the sums of squares with and without.
struct Fit {
  double amplitude = 0, explained = 0, left = 0;
  double cosine = 0, sine = 0;
};
Fit fit_sine(const Points& points, double period) {
  double cc = 0, ss = 0, cs = 0, cy = 0, sy = 0, yy = 0;
  const double middle = mean(points.value);
  for (size_t i = 0; i < points.step.size(); ++i) {
    const double angle = 2 * std::numbers::pi * points.step[i] / period;
    const double c = std::cos(angle), s = std::sin(angle), y = points.value[i] - middle;
    cc += c * c, ss += s * s, cs += c * s, cy += c * y, sy += s * y, yy += y * y;
  }
  const double det = cc * ss - cs * cs;
  if (det <= 1e-9 * cc * ss) return {};
  const double a = (cy * ss - sy * cs) / det, b = (sy * cc - cy * cs) / det;
  const double explained = a * cy + b * sy;
  return {std::hypot(a, b), explained, std::max(0.0, yy - explained), a, b};
}

// Points less their mean over one period around each: the trend goes, a swing stays.
Points detrended(const Points& points, double period) {
  const double spacing =
      (points.step.back() - points.step.front()) / static_cast<double>(points.step.size() - 1);
  const auto width = static_cast<size_t>(std::max(3.0, std::round(period / spacing))) | 1;
  Points result;
  const auto trend = centred_mean(points.value, width);
  // At the ends the mean is one-sided and leaves a slope.
  for (size_t i = width / 2; i + width / 2 < points.value.size(); ++i) {
    result.step.push_back(points.step[i]);
    result.value.push_back(points.value[i] - trend[i]);
  }
  return result;
}

Points without_sine(Points points, double period, const Fit& fit) {
  for (size_t i = 0; i < points.step.size(); ++i) {
    const double angle = 2 * std::numbers::pi * points.step[i] / period;
    points.value[i] -= fit.cosine * std::cos(angle) + fit.sine * std::sin(angle);
  }
  return points;
}

// What sines of neighbouring periods explain on average, and of how many.
struct Background {
  double explained = 0, count = 0;
};
Background background(const Points& points, double cycles) {
  const double span = points.step.back() - points.step.front();
  Background sum;
  for (const double distance : {1.5, 2.5, 3.5, 4.5, 5.5}) {
    for (const double neighbour : {cycles - distance, cycles + distance}) {
      // Below, the moving mean has taken part of the noise away; above, there is less of it.
      if (neighbour < 0.75 * cycles || neighbour < 1) continue;
      sum.explained += fit_sine(points, span / neighbour).explained;
      sum.count += 1;
    }
  }
  sum.explained /= std::max(1.0, sum.count);
  return sum;
}

// Power of noise with this correlation of neighbours at this frequency, over its mean power.
double noise_power(double phi, double cycles_a_point) {
  return (1 - phi * phi) /
         (1 - 2 * phi * std::cos(2 * std::numbers::pi * cycles_a_point) + phi * phi);
}

}  // namespace

std::optional<Periodicity> find_periodicity(const Curve& curve, double period) {
  if (curve.size() < kFewest) return std::nullopt;
  const Points points = thinned(curve);
  const auto n = static_cast<double>(points.step.size());
  const double span = points.step.back() - points.step.front(), spacing = span / (n - 1);
  const auto noise = point_noise(points.value, 1);
  const double phi = noise ? noise->phi : 0;

  std::vector<double> periods;
  if (period > 0) {
    if (period <= span / kPeriods && period >= kPointsAPeriod * spacing) periods.push_back(period);
  } else {
    for (double cycles = kPeriods; cycles <= n / kPointsAPeriod; cycles += 0.5)
      periods.push_back(span / cycles);
  }
  std::optional<Periodicity> best;
  for (const double candidate : periods) {
    const Points flat = detrended(points, candidate);
    const auto count = static_cast<double>(flat.step.size());
    if (count < 12) continue;
    const Fit fit = fit_sine(flat, candidate);
    if (fit.left <= 0) continue;
    const double cycles = (flat.step.back() - flat.step.front()) / candidate;
    // Without the swing itself, which would leak into its neighbours.
    const Background near = background(without_sine(flat, candidate, fit), cycles);
    const double expected = 2 * fit.left / (count - 3) * noise_power(phi, spacing / candidate);
    const double f = fit.explained / std::max(near.explained, expected);
    const double p =
        std::min(1.0, f_above(f, 2, 2 * near.count) * static_cast<double>(periods.size()));
    if (p < kLevel && (!best || p < best->p)) best = Periodicity{candidate, fit.amplitude, p};
  }
  return best;
}

}  // namespace coldstart::plan
