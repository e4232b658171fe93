#include "coldstart/plan/gap_growth.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

// Standard error of the least-squares slope; x is centred, r are the residuals.
double newey_west(const std::vector<double>& x, const std::vector<double>& r, double sxx) {
  const size_t n = x.size();
  const auto lags = static_cast<size_t>(std::cbrt(static_cast<double>(n)));
  double sum = 0;
  for (size_t lag = 0; lag <= lags; ++lag) {
    double product = 0;
    for (size_t i = lag; i < n; ++i) product += x[i] * r[i] * x[i - lag] * r[i - lag];
    const double bartlett = 1 - static_cast<double>(lag) / static_cast<double>(lags + 1);
    sum += (lag == 0 ? 1 : 2 * bartlett) * product;
  }
  return std::sqrt(std::max(sum, 0.0)) / sxx;
}

}  // namespace

std::optional<Interval> gap_growth(const Trial& t) {
  const EvalSeries& e = t.evals;
  if (e.train.empty() || e.val.empty()) return std::nullopt;
  constexpr double kFrom = 0.7;
  constexpr size_t kFewest = 8;
  const double from = kFrom * static_cast<double>(e.step.back());
  std::vector<double> steps, gaps;
  for (size_t i = 0; i < e.size(); ++i) {
    const double gap = e.val[i] - e.train[i];
    if (e.step[i] <= 0 || !std::isfinite(gap)) continue;
    steps.push_back(static_cast<double>(e.step[i]));
    gaps.push_back(gap);
  }
  const std::vector<double> calm = without_spikes(gaps);
  std::vector<double> x, g;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i] < from) continue;
    x.push_back(std::log2(steps[i]));
    g.push_back(calm[i]);
  }
  if (x.size() < kFewest) return std::nullopt;
  const auto n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_g = std::accumulate(g.begin(), g.end(), 0.0) / n;
  double sxx = 0, sxg = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] -= mean_x;
    sxx += x[i] * x[i];
    sxg += x[i] * (g[i] - mean_g);
  }
  if (!(sxx > 0)) return std::nullopt;
  const double slope = sxg / sxx;
  std::vector<double> r(x.size());
  for (size_t i = 0; i < x.size(); ++i) r[i] = g[i] - mean_g - slope * x[i];
  const double half = 2 * newey_west(x, r, sxx);
  return Interval{slope - half, slope, slope + half};
}

}  // namespace coldstart::plan
