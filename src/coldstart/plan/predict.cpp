#include "coldstart/plan/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {

namespace {

constexpr double kPointDrop = 0.10;
constexpr double kRounding = 1.01;  // the last evaluation is a little before the last step

double longest_of(std::span<const RunCurve> curves) {
  double longest = 0;
  for (const RunCurve& curve : curves) longest = std::max(longest, curve.last);
  return longest;
}

// Whether the rate has come down by a tenth of its peak before a step.
bool has_cooled(const LrTrace& rates, double step) {
  return rates.lr(std::min(step, rates.last_step())) < 0.9 * rates.peak();
}
bool any_cooled(std::span<const RunCurve> curves) {
  return std::ranges::any_of(curves, [](const RunCurve& c) { return has_cooled(c.rates, c.last); });
}

std::vector<std::string> refusals(std::span<const RunCurve> curves, const LrTrace& target,
                                  const PredictOptions& options, const Prediction& p) {
  std::vector<std::string> reasons;
  const double times = p.target / p.longest, most = reach_of(p.design).horizon;
  if (times > most * kRounding && !options.beyond_reach)
    reasons.push_back(fmt::format("{:.3g}x the longest run; a {} design ({}) reaches {}x", times,
                                  enum_name(p.design), p.reason, most));
  if (has_cooled(target, p.target) && !any_cooled(curves))
    reasons.emplace_back("the target cools down and no run does: nothing tells what that brings");
  if (options.overfitting)
    reasons.emplace_back("a run overfits: no law here describes a loss that rises");
  if (options.epochs > kMostEpochs)
    reasons.push_back(
        fmt::format("{:.3g} passes over the data; the laws hold for fresh data and "
                    "reach {}",
                    options.epochs, kMostEpochs));
  if (p.target < p.longest / 2)
    reasons.push_back(
        fmt::format("the target has {:.0f} steps and the longest run {:.0f}: measure "
                    "it instead",
                    p.target, p.longest));
  return reasons;
}

// Annealing fits over the lambdas, the one with the lowest objective first.
std::vector<FittedLaw> annealing_fits(std::span<const RunCurve> curves, double drop) {
  std::vector<FittedLaw> fits;
  for (const double lambda : lambdas_told_by(curves))
    fits.push_back(fit_annealing(curves, lambda, drop));
  std::ranges::stable_sort(fits, {}, &FittedLaw::objective);
  return fits;
}

// The final losses of `hidden` as foreseen from `known`; nothing where these do not carry a fit.
void hold_out(std::span<const RunCurve> known, std::span<const RunCurve> hidden, double from,
              std::vector<Holdout>& result) {
  if (known.empty()) return;
  FittedLaw law;
  try {
    law = annealing_fits(known, kPointDrop).front();
  } catch (const DataError&) {
    return;  // too few points
  }
  for (const RunCurve& curve : hidden) {
    // What was hidden whole cannot be predicted from runs that have not cooled down.
    if (has_cooled(curve.rates, curve.last) && !any_cooled(known)) continue;
    result.push_back({.run = curve.name,
                      .from = from,
                      .to = curve.final_step,
                      .predicted = law.loss(curve.rates, curve.final_step),
                      .measured = curve.final_loss});
  }
}

void hide_last_third(std::span<const RunCurve> curves, std::vector<Holdout>& result) {
  const double longest = longest_of(curves), from = longest * 2 / 3;
  std::vector<RunCurve> heads, longest_runs;
  for (const RunCurve& curve : curves) {
    RunCurve cut = head(curve, from);
    if (cut.step.size() >= kMinCurvePoints / 2) heads.push_back(std::move(cut));
    constexpr double kLongest = 0.98;
    if (curve.last >= kLongest * longest) longest_runs.push_back(curve);
  }
  hold_out(heads, longest_runs, from, result);
}

// One cooldown after the other, where another one is left to learn from.
void hide_cooldowns(std::span<const RunCurve> curves, std::vector<Holdout>& result) {
  for (const RunCurve& curve : curves) {
    const double start = cooldown_start(curve.rates);
    if (start <= 0 || start >= curve.last) continue;
    std::vector<RunCurve> others;
    for (const RunCurve& other : curves)
      if (&other != &curve) others.push_back(other);
    if (grade_design(others).cooldowns.empty()) continue;
    hold_out(others, {&curve, 1}, start, result);
  }
}

double worst_error(const std::vector<Holdout>& holdouts) {
  double worst = 0;
  for (const Holdout& h : holdouts) worst = std::max(worst, std::abs(h.error()));
  return worst;
}

void set_floor(const PredictOptions& options, Prediction& p) {
  if (options.holdout_errors.size() >= kEnoughHoldouts) {
    p.own_floor = true;
    for (const double error : options.holdout_errors) p.floor = std::max(p.floor, std::abs(error));
    return;
  }
  p.floor = reach_of(p.design).floor;
  p.floor = std::max(p.floor, worst_error(p.holdouts));
}

void demote(Prediction& p, Design design, std::string reason) {
  p.design = design;
  p.reason = std::move(reason);
}

void set_range(const LrTrace& target, Prediction& p) {
  p.range = {};
  for (LawPrediction& fit : p.fits) {
    fit.loss = fit.law.loss(target, p.target);
    const double half = p.floor * fit.loss;
    p.range.lo = std::fmin(p.range.lo, fit.loss - half);
    p.range.hi = std::fmax(p.range.hi, fit.loss + half);
  }
  p.range.mid = p.fits.front().loss;
}

// What a run that ends like the target has come to already: more steps need not bring more.
double reached(std::span<const RunCurve> curves, const LrTrace& target, double steps) {
  double lowest = INFINITY;
  for (const RunCurve& curve : curves)
    if (!has_cooled(curve.rates, curve.last) || has_cooled(target, steps))
      lowest = std::min(lowest, curve.final_loss);
  return lowest;
}

// No loss is below zero, so a fit that falls there does not describe these curves at that length:
// the law of the point refuses, another one takes the point away and lets the range begin at zero.
void stay_above_zero(Prediction& p) {
  if (p.range.mid <= 0) {
    p.refused.push_back(
        fmt::format("the law that fits best falls below zero before step {:.0f}, which no loss "
                    "does: it does not describe these curves",
                    p.target));
  } else if (p.range.lo < 0) {
    p.range.lo = 0;
    demote(p, Design::poor,
           "some fits fall below zero, which no loss does; the range begins there");
  }
}

void add_warnings(const PredictOptions& options, Prediction& p) {
  if (options.epochs == 0)
    p.warnings.emplace_back(
        "the number of passes over the data is not known; the laws hold for fresh data");
  if (p.holdouts.empty())
    p.warnings.emplace_back("no held-out check: no run can be cut at two thirds and predicted");
  if (p.target > reach_of(p.design).horizon * p.longest * kRounding)
    p.warnings.push_back(
        fmt::format("beyond the reach of this design, {}x the longest run: the "
                    "width of the range is not checked that far",
                    reach_of(p.design).horizon));
}

}  // namespace

Prediction predict(std::span<const RunCurve> curves, const LrTrace& target,
                   const PredictOptions& options) {
  if (curves.empty())
    throw DataError("predict", "no runs", "give at least one run with its learning rate");
  for (const double error : options.holdout_errors)
    if (!std::isfinite(error))
      throw DataError("predict", fmt::format("a held-out error is {}", error), "");
  Prediction p;
  p.grade = grade_design(curves);
  p.design = p.grade.design;
  p.reason = p.grade.reason;
  p.longest = longest_of(curves);
  p.target = target.last_step();
  for (FittedLaw& law : annealing_fits(curves, kPointDrop)) p.fits.push_back({std::move(law), 0});
  const double condition = p.fits.front().law.statistics.condition;
  if (p.design > Design::poor && !(condition <= kMostCondition))
    demote(p, p.design == Design::good ? Design::fair : Design::poor,
           fmt::format("{}, but the condition number of the fit is {:.2g}", p.reason, condition));
  if (options.validate) {
    hide_last_third(curves, p.holdouts);
    hide_cooldowns(curves, p.holdouts);
  }
  if (const double worst = worst_error(p.holdouts); worst > kMostHeldOut)
    demote(p, Design::poor,
           fmt::format("a held-out prediction is off by {:.2g} %: the laws do not hold here",
                       100 * worst));
  p.refused = refusals(curves, target, options, p);
  if (!p.refused.empty()) return p;

  for (const double drop : kDrops) {
    if (drop != kPointDrop)
      for (FittedLaw& law : annealing_fits(curves, drop)) p.fits.push_back({std::move(law), 0});
  }
  if (options.multi_power && any_cooled(curves))
    p.fits.push_back({fit_multi_power(curves, kPointDrop), 0});
  set_floor(options, p);
  set_range(target, p);
  stay_above_zero(p);
  const double half_width = (p.range.hi - p.range.lo) / (2 * p.range.mid);
  if (p.refused.empty() && p.design > Design::poor && half_width > kMostHalfWidth)
    demote(
        p, Design::poor,
        fmt::format("the fits leave {:.2g} % either way: the runs do not tell", 100 * half_width));
  if (p.refused.empty()) p.refused = refusals(curves, target, options, p);
  if (!p.refused.empty()) return p;
  if (p.design > Design::poor) p.loss = p.range.mid;
  if (p.design < p.grade.design)
    p.range.hi = std::max(p.range.hi, reached(curves, target, p.target));
  add_warnings(options, p);
  return p;
}

Verdict to_verdict(const Prediction& p) {
  Verdict v;
  v.rule = "CB-03";
  v.label = enum_name(p.design);
  v.valid_for = {"fresh data of the same mix", "the same batch size", "a loss in nats"};
  if (!p.refused.empty()) {
    v.label = "REFUSED";
    v.standing = Standing::refused;
    v.text = "No prediction: " + fmt::format("{}", fmt::join(p.refused, "; ")) + ".";
    v.would_change = {"cool down branches of one trunk at two steps 1.5x apart",
                      "longer runs to start from"};
    return v;
  }
  const double half = 100 * (p.range.hi - p.range.lo) / (2 * p.range.mid);
  v.text = fmt::format(
      "{:.0f} steps, {:.3g}x the longest run: {}{:.4f} to {:.4f} (half-width "
      "{:.2g} %). Design {}: {}.",
      p.target, p.target / p.longest,
      p.loss ? fmt::format("{:.4f}, range ", *p.loss) : std::string("range "), p.range.lo,
      p.range.hi, half, enum_name(p.design), p.reason);
  v.evidence.push_back({.id = "loss",
                        .what = "predicted loss at the end, nats",
                        .value = p.range,
                        .threshold = NAN,
                        .basis = Basis::measured});
  for (const Holdout& h : p.holdouts)
    v.evidence.push_back({.id = "held_out_error",
                          .what = fmt::format("{}: hidden after step {:.0f}, predicted / measured "
                                              "- 1 at step {:.0f}",
                                              h.run, h.from, h.to),
                          .value = {h.error(), h.error(), h.error()},
                          .threshold = p.floor,
                          .basis = Basis::measured});
  v.evidence.push_back({.id = "floor",
                        .what = p.own_floor ? "least half-width, your own held-out errors"
                                            : "least half-width of the range, share of the loss",
                        .value = {p.floor, p.floor, p.floor},
                        .threshold = NAN,
                        .basis = p.own_floor ? Basis::user : Basis::ours});
  v.warnings = p.warnings;
  if (p.design < Design::good)
    v.would_change.emplace_back("two cooldown branches of one trunk, at steps 1.5x apart");
  return v;
}

}  // namespace coldstart::plan
