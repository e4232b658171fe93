#include "coldstart/plan/design_grade.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace coldstart::plan {

namespace {

// Indices of the curves, those that stayed longest at a high rate first: a trunk before its
// branches, whatever order they were given in.
std::vector<size_t> trunk_first(std::span<const RunCurve> curves) {
  std::vector<size_t> order(curves.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto area = [&](size_t i) { return curves[i].rates.area(curves[i].last); };
  std::ranges::stable_sort(order, [&](size_t a, size_t b) {
    return area(a) != area(b) ? area(a) > area(b) : curves[a].name < curves[b].name;
  });
  return order;
}

// For each place of `order`: the step from which that curve is on its own, and the place of the
// curve with which it shared its history before.
struct Parting {
  double step = 0;
  size_t with = 0;
};
std::vector<Parting> partings(std::span<const RunCurve> curves, const std::vector<size_t>& order) {
  std::vector<Parting> result(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    result[i].with = i;
    for (size_t j = 0; j < i; ++j) {
      const RunCurve &a = curves[order[i]], &b = curves[order[j]];
      const double step = std::min({divergence(a.rates, b.rates), a.last, b.last});
      if (step > result[i].step) result[i] = {step, j};
    }
  }
  return result;
}

}  // namespace

DesignGrade grade_design(std::span<const RunCurve> curves) {
  DesignGrade grade;
  const std::vector<size_t> order = trunk_first(curves);
  const std::vector<Parting> parted = partings(curves, order);
  for (size_t i = 0; i < order.size(); ++i) {
    const RunCurve& curve = curves[order[i]];
    // On its own for at least a twentieth of its length, or it is a replicate.
    constexpr double kOwn = 0.05;
    if (curve.last - parted[i].step < kOwn * curve.last) continue;
    ++grade.histories;
    const double start = cooldown_start(curve.rates);
    if (start > 0 && start < curve.last) grade.cooldowns.push_back(start);
  }
  std::ranges::sort(grade.cooldowns);
  constexpr double kApart = 1.5;
  if (grade.cooldowns.size() >= 2 && grade.cooldowns.back() >= kApart * grade.cooldowns.front()) {
    grade.design = Design::good;
    grade.reason =
        fmt::format("{} cooldowns, which leave the trunk at steps {:.0f} to {:.0f}",
                    grade.cooldowns.size(), grade.cooldowns.front(), grade.cooldowns.back());
  } else if (grade.histories >= 2) {
    grade.design = Design::fair;
    grade.reason = fmt::format(
        "{} different histories of the learning rate, no two cooldowns at "
        "steps 1.5x apart",
        grade.histories);
  } else {
    grade.reason = "one history of the learning rate";
  }
  return grade;
}

Reach reach_of(Design design) {
  switch (design) {
    case Design::good:
      return {.horizon = 4, .floor = 0.005};
    case Design::fair:
      return {.horizon = 2, .floor = 0.0075};
    case Design::poor:
      break;
  }
  return {.horizon = 1.5, .floor = 0.015};
}

std::vector<FitPoint> fit_points(std::span<const RunCurve> curves, double drop) {
  const std::vector<size_t> order = trunk_first(curves);
  const std::vector<Parting> parted = partings(curves, order);
  double longest = 0, warmup = 0;
  for (const RunCurve& curve : curves) {
    longest = std::max(longest, curve.last);
    warmup = std::max(warmup, curve.warmup);
  }
  constexpr double kAfterWarmup = 1.5;
  const double from = std::max(kAfterWarmup * warmup, drop * longest);
  std::vector<FitPoint> points;
  std::vector<size_t> part;  // of each point: place of the curve that owns its history
  for (size_t i = 0; i < order.size(); ++i) {
    const RunCurve& curve = curves[order[i]];
    for (size_t k = 0; k < curve.step.size(); ++k) {
      if (curve.step[k] < from) continue;
      const bool shared = curve.step[k] <= parted[i].step;
      const size_t owner = shared ? parted[i].with : i;
      const RunCurve& other = curves[order[owner]];
      if (shared) {
        const auto same = std::ranges::lower_bound(other.step, curve.step[k]);
        const auto at = static_cast<size_t>(same - other.step.begin());
        if (same != other.step.end() && *same == curve.step[k] && other.loss[at] == curve.loss[k])
          continue;
      }
      points.push_back({order[i], curve.step[k], curve.loss[k], 0});
      part.push_back(owner);
    }
  }
  std::vector<double> count(order.size(), 0), length(order.size(), 0);
  for (const size_t owner : part) ++count[owner];
  for (size_t i = 0; i < order.size(); ++i)
    length[i] = std::max(curves[order[i]].last - std::max(from, parted[i].step), 0.0) / longest;
  for (size_t i = 0; i < points.size(); ++i) points[i].weight = length[part[i]] / count[part[i]];
  return points;
}

}  // namespace coldstart::plan
