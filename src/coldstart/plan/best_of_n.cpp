#include "coldstart/plan/best_of_n.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {

double best_of_quantile(std::span<const double> sorted, int64_t m, double share) {
  COLDSTART_CHECK(!sorted.empty() && m > 0, "the best of {} of {} results", m, sorted.size());
  const auto n = static_cast<double>(sorted.size());
  for (size_t i = 0; i < sorted.size(); ++i) {
    const double above = std::pow((n - static_cast<double>(i + 1)) / n, static_cast<double>(m));
    if (1 - above >= share) return sorted[i];
  }
  return sorted.back();
}

Interval best_of(std::span<const double> sorted, int64_t m) {
  return {best_of_quantile(sorted, m, 0.005), best_of_quantile(sorted, m, 0.5),
          best_of_quantile(sorted, m, 0.995)};
}

BestOfCurve best_of_curve(std::vector<double> results) {
  std::erase_if(results, [](double result) { return !std::isfinite(result); });
  std::ranges::sort(results);
  BestOfCurve curve;
  const int64_t n = std::ssize(results);
  for (int64_t m = 1; m <= n; m = m < n ? std::min(2 * m, n) : n + 1)
    curve.points.push_back({m, best_of_quantile(results, m, 0.25),
                            best_of_quantile(results, m, 0.5), best_of_quantile(results, m, 0.75)});
  if (n >= 4)
    curve.next_gain = best_of_quantile(results, n / 2, 0.5) - best_of_quantile(results, n, 0.5);
  return curve;
}

Verdict density_verdict(std::vector<double> results, double sigma) {
  const BestOfCurve curve = best_of_curve(results);
  std::erase_if(results, [](double result) { return !std::isfinite(result); });
  Verdict verdict{.rule = "SB-04", .label = "KEEP", .text = {}};
  if (results.size() < 4) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format("{} results say nothing about how densely the space was sampled.",
                               results.size());
    return verdict;
  }
  for (const BestOfPoint& point : curve.points)
    verdict.chart += fmt::format("best of {:<4} quartiles {:.5g} {:.5g} {:.5g}\n", point.m,
                                 point.quarter, point.median, point.three_quarters);
  if (!(sigma > 0)) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.evidence = {{.id = "next_gain",
                         .what = "expected at most of twice as many trials",
                         .value = {.mid = curve.next_gain}}};
    verdict.text = fmt::format(
        "Another doubling of trials is expected to gain {:.3g} at most; whether that is more than "
        "the noise is not known, because the noise is not.",
        curve.next_gain);
    verdict.next = {"coldstart noise CONFIG --n 5, then sigma in the study"};
    return verdict;
  }
  const double best = *std::ranges::min_element(results);
  const auto near = std::ranges::count_if(results, [&](double r) { return r <= best + sigma; });
  verdict.evidence = {{.id = "near_best",
                       .what = "trials within sigma of the best",
                       .value = {.mid = static_cast<double>(near)}},
                      {.id = "next_gain",
                       .what = "expected at most of twice as many trials",
                       .value = {.mid = curve.next_gain},
                       .threshold = sigma}};
  verdict.text = fmt::format(
      "{} of {} trials lie within {:.3g} (sigma) of the best; another doubling "
      "of trials is expected to gain {:.3g} at most.",
      near, results.size(), sigma, curve.next_gain);
  if (curve.next_gain > sigma) {
    verdict.label = "NOTE";
    verdict.text += " That is more than the noise: the space may be sampled too thinly.";
  }
  return verdict;
}

}  // namespace coldstart::plan
