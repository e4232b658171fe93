#include "coldstart/plan/lr_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/plan/curve_doubts.h"

namespace coldstart::plan {

namespace {

// The first of three evaluations in a row at which the criterion holds.
void find_hit(const Trial& t, const FitCriterion& fit, SweepRate& rate) {
  constexpr int kInRow = 3;
  int row = 0;
  int64_t first = 0, before_first = 0, before = 0;
  for (size_t i = 0; i < t.evals.train.size(); ++i) {
    if (fit.holds(t.evals.train[i])) {  // false for NaN
      if (row == 0) first = t.evals.step[i], before_first = before;
      if (++row == kInRow) {
        rate.hit = first;
        rate.before = before_first;
        return;
      }
    } else {
      row = 0;
    }
    before = t.evals.step[i];
  }
}

// One entry a rate, increasing. Seeds of one rate: infeasible when one is, else the slowest.
std::vector<SweepRate> rates_of_sweep(std::span<const Trial> trials, const FitCriterion& fit) {
  std::vector<SweepRate> rates;
  for (const Trial& t : trials) {
    SweepRate rate{.lr = sweep_lr(t), .feasible = t.feasible(), .trial = t.name};
    if (!t.evals.step.empty()) rate.last = t.evals.step.back();
    if (rate.feasible && t.evals.train.empty())
      throw DataError(t.name, "no training loss in evaluation mode (train_loss, train_probe)",
                      "the sweep asks when the training data are fitted");
    if (rate.feasible) require_one_unit(train_curve(t), t);
    if (rate.feasible) find_hit(t, fit, rate);
    const auto same = std::ranges::find_if(rates, [&](const SweepRate& other) {
      return std::abs(std::log(other.lr / rate.lr)) < 1e-6;
    });
    if (same == rates.end()) {
      rates.push_back(rate);
    } else if (!rate.feasible || !same->feasible) {
      same->feasible = false;
      same->hit.reset();
    } else if (!rate.hit || !same->hit || *rate.hit > *same->hit) {
      *same = rate;
    }
  }
  std::ranges::sort(rates, {}, &SweepRate::lr);
  return rates;
}

std::string table(const std::vector<SweepRate>& rates) {
  std::string text;
  for (const SweepRate& r : rates)
    text += fmt::format("{:>10.4g}  {}\n", r.lr,
                        !r.feasible ? std::string("infeasible")
                        : r.hit ? fmt::format("fits at step {} (not yet at {})", *r.hit, r.before)
                                : fmt::format("not fitted by step {}", r.last));
  return text;
}

void caveats(LrSweep& s) {
  s.verdict.warnings.emplace_back(
      "augmentation, dropout, weight decay or a smaller batch added later raise it; recheck then");
  s.verdict.warnings.emplace_back(
      "a start value: refine it with the best steps of a study (coldstart steps best)");
  s.verdict.warnings.emplace_back(
      "more steps give better results and easier tuning, fewer more experiments; a number that is "
      "too large is hard to lower once the schedule is tuned to it (IC-02)");
  const double width =
      static_cast<double>(s.after - s.before) / static_cast<double>(std::max<int64_t>(1, s.after));
  constexpr double kCoarse = 0.05;
  if (width > kCoarse)
    s.verdict.next.push_back(
        fmt::format("evaluate the rate {:.4g} more often: the hit is known to {:.0f} % only",
                    s.best_lr, 100 * width));
}

void not_fittable(LrSweep& s) {
  s.verdict.rule = "LS-01";
  s.verdict.label = "NOT_FITTABLE";
  s.verdict.standing = Standing::refused;
  s.verdict.text =
      "No rate fits the training data within the steps run. This is no number of steps: plan as "
      "for compute-bound work.";
  s.verdict.warnings.emplace_back(
      "W-REG-REGIME: where training data cannot be fitted, regularisation may hardly help");
  s.verdict.next = {"coldstart steps plan", "coldstart steps init with a larger cap"};
}

// The fastest rate has no slower feasible neighbour on one side: ask for more, or give up.
void at_edge(LrSweep& s, const LrSweepOptions& o, bool top) {
  s.verdict.rule = "LS-06";
  if (o.extensions >= o.most_extensions) {
    s.verdict.rule = "LS-05";
    s.verdict.label = "REJECTED_BOUNDARY";
    s.verdict.standing = Standing::refused;
    s.verdict.text = fmt::format(
        "The fastest rate, {:.4g}, is still the {} one after {} extensions of the grid: the steps "
        "it takes say nothing of the best rate.",
        s.best_lr, top ? "highest" : "lowest", o.extensions);
    return;
  }
  const double next = top ? s.best_lr * o.ratio : s.best_lr / o.ratio;
  s.more = {next};
  s.verdict.label = "EXTEND";
  s.verdict.standing = Standing::refused;
  s.verdict.text = fmt::format(
      "The fastest rate, {:.4g}, is the {} one of the grid: run {:.4g} as well before believing "
      "it.",
      s.best_lr, top ? "highest" : "lowest", next);
}

void accept(LrSweep& s, const SweepRate& best, bool edge) {
  s.steps = s.after;
  s.verdict.rule = edge ? "LS-06" : "LS-04";
  s.verdict.label = edge ? "EDGE_OF_STABILITY" : "START";
  s.verdict.text = fmt::format(
      "max_train_steps = {}: the fastest rate, {:.4g}, first fits between steps {} and {}.",
      *s.steps, s.best_lr, best.before, *best.hit);
  if (edge) {
    s.verdict.text +=
        " The next higher rate is infeasible: instability limits the rate, and warmup or clipping "
        "may allow a faster one.";
    s.verdict.next.emplace_back("coldstart warmup CONFIG");
  }
  s.verdict.evidence.push_back(
      {.id = "hit",
       .what = "first sustained fit, steps",
       .value = {static_cast<double>(best.before), static_cast<double>(*best.hit),
                 static_cast<double>(*best.hit)}});
  caveats(s);
}

}  // namespace

FitCriterion parse_fit(std::string_view text) {
  std::string compact;
  for (const char c : text)
    if (c != ' ') compact += c;
  constexpr std::string_view kName = "train_loss<";
  std::string_view rest = compact;
  if (rest.starts_with(kName)) {
    rest.remove_prefix(kName.size());
    if (rest.starts_with('=')) rest.remove_prefix(1);
    const auto loss = parse_double(rest);
    if (loss && std::isfinite(*loss) && *loss > 0) return {*loss};
  }
  throw ConfigError("fit", fmt::format("got '{}', expected train_loss<NUMBER", text),
                    "for example train_loss<0.05; \"the loss stopped falling\" is no fit");
}

double sweep_lr(const Trial& t) {
  if (t.schedule && t.schedule->base > 0) return t.schedule->base;
  double highest = 0;
  for (const double lr : t.steps.lr)
    if (lr > highest) highest = lr;
  if (highest > 0) return highest;
  throw DataError(t.name, "no learning rate was recorded", "record `lr`");
}

LrSweep judge_sweep(std::span<const Trial> trials, const LrSweepOptions& o) {
  LrSweep s;
  s.rates = rates_of_sweep(trials, o.fit);
  s.verdict.chart = table(s.rates);
  const auto feasible = std::ranges::count(s.rates, true, &SweepRate::feasible);
  if (s.rates.size() < 3 || feasible < 1) {
    s.verdict.rule = "LS-06";
    s.verdict.label = "INSUFFICIENT";
    s.verdict.standing = Standing::insufficient;
    s.verdict.text = fmt::format("{} learning rates, {} feasible; expected at least 3 and 1.",
                                 s.rates.size(), feasible);
    return s;
  }
  size_t best = s.rates.size();
  for (size_t i = 0; i < s.rates.size(); ++i)
    if (s.rates[i].hit && (best == s.rates.size() || *s.rates[i].hit < *s.rates[best].hit))
      best = i;
  if (best == s.rates.size()) {
    not_fittable(s);
    return s;
  }
  s.best_lr = s.rates[best].lr;
  s.before = s.rates[best].before;
  s.after = *s.rates[best].hit;
  const auto slower = [&](const SweepRate& r) {
    return r.feasible && (!r.hit || *r.hit > s.after);
  };
  const bool below =
      std::any_of(s.rates.begin(), s.rates.begin() + static_cast<ptrdiff_t>(best), slower);
  const auto above_from = s.rates.begin() + static_cast<ptrdiff_t>(best) + 1;
  const bool above = std::any_of(above_from, s.rates.end(), slower);
  const bool unstable_above = above_from != s.rates.end() && !above_from->feasible;
  if (!below) {
    at_edge(s, o, false);
  } else if (above) {
    accept(s, s.rates[best], false);
  } else if (unstable_above) {
    accept(s, s.rates[best], true);
  } else {
    at_edge(s, o, true);
  }
  return s;
}

}  // namespace coldstart::plan
