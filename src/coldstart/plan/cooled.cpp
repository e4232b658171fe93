#include "coldstart/plan/cooled.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/plan/objective.h"
#include "coldstart/plan/series.h"
#include "coldstart/plan/stability.h"

namespace coldstart::plan {

namespace {

// The evaluation at a step, or the last one before it; NaN: none.
double loss_at(const Trial& trial, int64_t step) {
  double loss = NAN;
  const Curve curve = val_curve(trial);
  for (size_t i = 0; i < curve.size() && curve.step[i] <= step; ++i) loss = curve.value[i];
  return loss;
}

}  // namespace

Verdict judge_cooldown(const Trial& trunk, const Trial& branch, int64_t from) {
  Verdict v{.rule = "SX-05", .label = "COOLED", .text = {}};
  if (!branch.feasible()) {
    v.rule = "ST-01";
    v.label = "UNSTABLE";
    v.standing = Standing::unstable;
    v.text = fmt::format("{} diverged while its rate fell: {}.", name_of(branch), branch.note);
    v.next = remedies(false);
    return v;
  }
  const auto best = objective_of(branch);
  const Curve curve = val_curve(branch);
  if (!best || curve.size() < 2) {
    v.label = "INSUFFICIENT";
    v.standing = Standing::insufficient;
    v.text = "The branch has no two evaluations.";
    return v;
  }
  const int64_t end = curve.step.back();
  const double before = loss_at(branch, from);
  v.text = fmt::format(
      "{} left {} at step {} and cooled down until step {}: {:.4f} (best, at step {}), from {:.4f} "
      "at the constant rate.",
      name_of(branch), name_of(trunk), from, end, best->value, best->step, before);
  v.evidence = {{.id = "cooled", .what = "best loss of the branch", .value = {.mid = best->value}},
                {.id = "brought",
                 .what = "fall since the constant rate",
                 .value = {.mid = before - best->value}}};
  const Curve of_trunk = val_curve(trunk);
  if (of_trunk.size() > 0 && of_trunk.step.back() >= end) {
    const double uncooled = loss_at(trunk, end);
    v.evidence.push_back({.id = "uncooled",
                          .what = fmt::format("the trunk's loss at step {}", end),
                          .value = {.mid = uncooled}});
  }
  v.valid_for = {fmt::format("T = {} steps, {} of them a cooldown", end, end - from)};
  v.warnings.emplace_back(
      "one seed and one length; a cooldown from a second place of the trunk makes a prediction "
      "possible");
  v.next = {fmt::format("coldstart steps predict {} {} --at 3x", name_of(trunk), name_of(branch))};
  return v;
}

}  // namespace coldstart::plan
