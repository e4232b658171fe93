#include "coldstart/plan/boundary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/scale.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

struct Point {
  double u = 0, value = 0;
};

struct Placed {
  std::vector<Point> feasible;     // best first
  std::vector<double> infeasible;  // u
};

Placed place(const Study& study, const HParam& hparam) {
  Placed placed;
  for (const Ranked& ranked : ranked_trials(study))
    if (const auto value = number_of(study.trials[ranked.trial], hparam))
      placed.feasible.push_back({position(hparam, *value), ranked.value});
  for (const Trial& trial : study.trials)
    if (!trial.feasible())
      if (const auto value = number_of(trial, hparam))
        placed.infeasible.push_back(position(hparam, *value));
  return placed;
}

// How much the objective falls over the outer third towards the edge, by a straight line.
double gain_towards_edge(const Placed& placed, bool high, double third) {
  std::vector<double> x, y;
  for (const Point& point : placed.feasible) {
    const double inside = high ? point.u : 1 - point.u;
    if (inside < 1 - third) continue;
    x.push_back(inside);
    y.push_back(point.value);
  }
  return x.size() < 4 ? 0 : -fit_line(x, y).slope * third;
}

// Is the best one of the two ends of the values that were tried?
bool at_end(const Placed& placed, bool high) {
  const double best = placed.feasible.front().u;
  const auto beyond = [&](double u) { return high ? u > best + 1e-9 : u < best - 1e-9; };
  return std::ranges::none_of(placed.feasible,
                              [&](const Point& point) { return beyond(point.u); }) &&
         std::ranges::none_of(placed.infeasible, beyond);
}

// Do the trials beyond the best one fail to train?
bool ends_in_instability(const Placed& placed, bool high, const BoundaryOptions& options) {
  const double best = placed.feasible.front().u;
  const auto beyond = [&](double u) { return high ? u > best : u < best; };
  const auto failed = std::ranges::count_if(placed.infeasible, beyond);
  const auto trained =
      std::ranges::count_if(placed.feasible, [&](const Point& point) { return beyond(point.u); });
  return failed >= options.fewest_beyond &&
         static_cast<double>(failed) >=
             options.infeasible_share * static_cast<double>(failed + trained);
}

void propose_wider(BoundaryReport& report, const HParam& hparam, bool high) {
  report.new_lo = hparam.lo;
  report.new_hi = hparam.hi;
  const bool natural = !high && hparam.scale == Scale::linear && hparam.lo >= 0;
  if (natural && hparam.lo == 0) {
    report.verdict.text += " 0 is a natural bound: there is nothing to widen.";
    return;
  }
  (high ? report.new_hi : report.new_lo) = value_at(hparam, high ? 2 : -1);
  if (natural) report.new_lo = std::max(0.0, report.new_lo);
  report.verdict.text += fmt::format(
      " Widen {} to [{:.4g}, {:.4g}] and run more trials; those that "
      "are there stay.",
      hparam.name, report.new_lo, report.new_hi);
  report.verdict.next = {
      fmt::format("set {} to [{:.4g}, {:.4g}] in study.toml and run the study on", hparam.name,
                  report.new_lo, report.new_hi)};
}

}  // namespace

BoundaryReport check_boundary(const Study& study, const HParam& hparam, double sigma,
                              const BoundaryOptions& options) {
  check_range(hparam);
  BoundaryReport report{.name = hparam.name,
                        .verdict = {.rule = "SB-01", .label = "KEEP", .text = {}}};
  Verdict& verdict = report.verdict;
  const Placed placed = place(study, hparam);
  const size_t n = placed.feasible.size();
  if (std::ssize(placed.feasible) < options.fewest) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format("{}: {} feasible trials; {} are needed to judge the edges.",
                               hparam.name, n, options.fewest);
    return report;
  }
  const double best = placed.feasible.front().u;
  report.best_position = best;
  const bool high = best > 0.5;
  const auto k = std::max<size_t>(5, (n + 9) / 10);
  const auto in_third = static_cast<size_t>(std::count_if(
      placed.feasible.begin(), placed.feasible.begin() + static_cast<std::ptrdiff_t>(k),
      [&](const Point& point) { return (high ? point.u : 1 - point.u) >= 1 - options.third; }));
  const double gain = gain_towards_edge(placed, high, options.third);
  verdict.evidence = {
      {.id = "u",
       .what = "place of the best trial in the range",
       .value = {.mid = best},
       .threshold = high ? 1 - options.outer : options.outer},
      {.id = "top_in_third",
       .what = fmt::format("share of the best {} in the outer third on that side", k),
       .value = {.mid = static_cast<double>(in_third) / static_cast<double>(k)},
       .threshold = options.share},
      {.id = "gain_to_edge",
       .what = "improvement over that third towards the edge",
       .value = {.mid = gain},
       .threshold = sigma}};

  const auto needed = static_cast<size_t>(std::ceil(options.share * static_cast<double>(k)));
  const bool in_outer_third = (high ? best : 1 - best) >= 1 - options.third;
  const bool grid = study.sampling == Sampling::grid;
  const bool outer =
      grid ? at_end(placed, high) : (high ? best > 1 - options.outer : best < options.outer);
  const bool strong = grid ? outer : in_outer_third && in_third >= needed && gain > sigma;
  if (ends_in_instability(placed, high, options)) {
    verdict.rule = "SB-03";
    verdict.label = "EDGE_OF_STABILITY";
    verdict.standing = Standing::unstable;
    verdict.text = fmt::format(
        "{}: what lies beyond the best value {:.4g} does not train. A wider "
        "range finds nothing; making training stable may.",
        hparam.name, value_at(hparam, best));
    verdict.next = {"warmup, clipping or another optimizer, before a wider range"};
    return report;
  }
  if (!outer && !strong) {
    verdict.text = fmt::format("{}: the best value {:.4g} lies inside the range.", hparam.name,
                               value_at(hparam, best));
    return report;
  }
  verdict.label = strong ? "STRONG" : "NOTE";
  if (!strong) {
    verdict.text = fmt::format(
        "{}: the best value {:.4g} lies near the {} end, but the trials "
        "around it do not agree that this end is better.",
        hparam.name, value_at(hparam, best), high ? "high" : "low");
    return report;
  }
  verdict.standing = Standing::refused;
  verdict.text = fmt::format(
      "{}: the best value {:.4g} lies at the {} end of the range, and so do "
      "the next best.",
      hparam.name, value_at(hparam, best), high ? "high" : "low");
  propose_wider(report, hparam, high);
  return report;
}

std::vector<BoundaryReport> check_boundaries(const Study& study) {
  const Noise noise = study_noise(study);
  std::vector<BoundaryReport> reports;
  for (const HParam& hparam : study.space) {
    if (hparam.role == Role::fixed || hparam.scale == Scale::choice || hparam.lo == hparam.hi)
      continue;
    reports.push_back(check_boundary(study, hparam, noise.known() ? noise.sigma : 0));
    if (noise.lower_bound) reports.back().verdict.tags.emplace_back("NOISE_LOWER_BOUND");
  }
  return reports;
}

}  // namespace coldstart::plan
