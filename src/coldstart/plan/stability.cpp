#include "coldstart/plan/stability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "coldstart/core/error.h"
#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr double kJudgedFrom = 0.2;     // of the run
constexpr double kBelowGuessing = 0.1;  // nats
constexpr double kDeviations = 5;
constexpr size_t kFewestForMedian = 5;
constexpr size_t kFewestOfAQuarter = 2;  // evaluations
constexpr double kNoiseShare = 0.5;      // of the run, that its noise is taken from
constexpr double kSmallRise = 0.02;      // of the whole fall

// What the finished trials of a study end at.
struct Usual {
  size_t count = 0;
  double median = NAN, deviation = 0;
};
Usual usual_of(const Study& study) {
  std::vector<double> results;
  for (const Trial& trial : study.trials) {
    if (trial.state != TrialState::finished) continue;
    if (const auto result = objective_of(trial, Objective::final)) results.push_back(result->value);
  }
  return {results.size(), median_of(results), mad(results)};
}

// A validation loss that has only ever fallen, and still does in the last quarter of the run, each
// by the noise of its evaluations: a rate that is too low, say. One that has stalled or came back
// from a rise is another matter.
bool is_slow(const Trial& trial) {
  const Curve val = val_curve(trial);
  const size_t quarter = val.size() / 4;
  if (quarter < kFewestOfAQuarter) return false;
  const auto noise = point_noise(val.value, kNoiseShare);
  const double sd = noise ? noise->sd : 0, fall = val.value.front() - val.value.back();
  double lowest = val.value.front(), rise = 0;
  for (const double value : val.value) {
    lowest = std::min(lowest, value);
    rise = std::max(rise, value - lowest);
  }
  const auto end = std::span(val.value).last(2 * quarter);
  const double late = mean(end.first(quarter)) - mean(end.last(quarter));
  const double late_se = noise ? std::sqrt(2.0) * noise->mean_se(quarter) : 0;
  return fall > kDeviations * sd && rise <= std::max(kDeviations * sd, kSmallRise * fall) &&
         late > 2 * late_se;
}

std::optional<std::string> because(const Trial& trial, const Study& study, const Usual& usual) {
  if (!trial.feasible())
    return trial.note.empty() ? std::string(enum_name(trial.reason)) : trial.note;
  const auto& val = trial.evals.val;
  for (size_t i = 0; i < trial.steps.loss.size() && i < trial.steps.size(); ++i)
    if (!std::isfinite(trial.steps.loss[i]))
      return fmt::format("the training loss is not finite at step {}", trial.steps.step[i]);
  if (!val.empty() && trial.evals.step.size() == val.size() && std::isinf(val.back()))
    return fmt::format("the validation loss is not finite at step {}", trial.evals.step.back());
  const auto result = objective_of(trial, Objective::final);
  if (!result) return std::nullopt;
  const bool late =
      static_cast<double>(result->step) >= kJudgedFrom * static_cast<double>(study_length(study));
  if (!late) return std::nullopt;
  const double guessing = std::log(static_cast<double>(trial.vocab)) - kBelowGuessing;
  if (trial.vocab > 1 && study.metric == "val_loss" && result->value > guessing)
    return fmt::format("the loss {:.3f} at step {} is no better than guessing ({:.3f})",
                       result->value, result->step, guessing);
  if (usual.count >= kFewestForMedian && usual.deviation > 0 &&
      result->value > usual.median + kDeviations * usual.deviation && !is_slow(trial))
    return fmt::format("the loss {:.3f} is above the study's median {:.3f} + 5 deviations",
                       result->value, usual.median);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> infeasible_because(const Trial& trial, const Study& study) {
  return because(trial, study, usual_of(study));
}

void mark_infeasible(Study& study) {
  const Usual usual = usual_of(study);
  std::vector<std::optional<std::string>> why;
  for (const Trial& trial : study.trials)
    why.push_back(trial.state == TrialState::finished ? because(trial, study, usual)
                                                      : std::nullopt);
  for (size_t i = 0; i < why.size(); ++i) {
    if (!why[i]) continue;
    Trial& trial = study.trials[i];
    trial.state = TrialState::infeasible;
    trial.reason = why[i]->find("not finite") != std::string::npos ? Reason::nan : Reason::diverged;
    trial.note = *why[i];
  }
}

std::optional<StabilityFinding> stability_of(const Trial& trial) {
  StabilityFinding finding{.spikes = find_spikes(trial)};
  if (finding.spikes.empty()) return std::nullopt;
  finding.early = finding.spikes.front().early;
  finding.sustained = any_sustained(finding.spikes);
  return finding;
}

std::vector<std::string> remedies(bool early) {
  std::vector<std::string> list;
  if (early) list.emplace_back("learning-rate warmup (--warmup)");
  list.emplace_back("gradient clipping (--grad-clip)");
  list.emplace_back("another optimizer, such as one with a bounded update size");
  list.emplace_back(
      "the architecture: residual branches, the norm inside the branch (x + f(norm(x))), branches "
      "that start at zero");
  list.emplace_back("a lower learning rate, when nothing else is left");
  return list;
}

LrTrial lr_trial(const Trial& trial, double lr) {
  LrTrial result{.lr = lr, .infeasible = !trial.feasible()};
  const auto spikes = find_spikes(trial);
  result.any_spike = !spikes.empty();
  result.sustained = any_sustained(spikes);
  result.infeasible |= std::ranges::any_of(spikes, &Spike::not_finite);
  const auto objective = objective_of(trial);
  if (!result.infeasible && objective) result.loss = objective->value;
  return result;
}

SweepReport judge_lr_sweep(std::vector<LrTrial> trials) {
  SweepReport report;
  Verdict& verdict = report.verdict;
  std::ranges::sort(trials, {}, &LrTrial::lr);
  for (size_t i = 0; i < trials.size(); ++i)
    if (!(trials[i].lr > 0) || (i > 0 && trials[i].lr == trials[i - 1].lr))
      throw DataError("lr sweep",
                      fmt::format("learning rate {} {}", trials[i].lr,
                                  trials[i].lr > 0 ? "appears twice" : "is not above 0"),
                      "one trial a learning rate; of reruns give the best");
  const LrTrial* best = nullptr;
  int64_t feasible = 0;
  for (const LrTrial& trial : trials) {
    if ((trial.infeasible || trial.sustained) && std::isnan(report.unstable_lr))
      report.unstable_lr = trial.lr;
    if (trial.infeasible || std::isnan(trial.loss)) continue;
    ++feasible;
    if (best == nullptr || trial.loss < best->loss) best = &trial;
  }
  verdict.rule = "ST-03";
  if (best == nullptr || feasible < 2) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format("{} of {} learning rates ended with a result; 2 are needed.",
                               feasible, trials.size());
    verdict.next = {"lower the range of learning rates by a decade"};
    return report;
  }
  report.best_lr = best->lr;
  const auto above = std::span(trials).subspan(static_cast<size_t>(best - trials.data()) + 1);
  const auto nearest = above.empty() ? nullptr : &above.front();
  verdict.evidence = {{.id = "lr*", .what = "best learning rate", .value = {.mid = best->lr}},
                      {.id = "unstable_base_learning_rate",
                       .what = "smallest rate that is infeasible or has a sustained spike",
                       .value = {.mid = report.unstable_lr},
                       .threshold = NAN}};
  if (nearest == nullptr) {
    verdict.rule = "LS-06";
    verdict.label = "REJECTED_BOUNDARY";
    verdict.standing = Standing::refused;
    verdict.text = fmt::format(
        "The best learning rate {:.3g} is the highest that was tried; nothing "
        "is known about stability above it.",
        best->lr);
    verdict.next = {fmt::format("try {:.3g} and {:.3g} too", best->lr * 3, best->lr * 10)};
  } else if (nearest->infeasible) {
    verdict.rule = "SB-03";
    verdict.label = "EDGE_OF_STABILITY";
    verdict.standing = Standing::unstable;
    verdict.text = fmt::format(
        "The best learning rate {:.3g} is the last that trains at all: "
        "instability, not the optimum, ends the range.",
        best->lr);
  } else if (std::ranges::any_of(
                 above, [](const LrTrial& trial) { return trial.any_spike || trial.infeasible; })) {
    verdict.label = "UNSTABLE_ABOVE_BEST";
    verdict.standing = Standing::unstable;
    verdict.text = fmt::format(
        "Above the best learning rate {:.3g} the training loss rises at "
        "times: making training stable would likely allow a higher rate.",
        best->lr);
  } else {
    verdict.label = "KEEP";
    verdict.text = fmt::format(
        "No instability up to {:.3g}, {:.2g} times the best learning rate "
        "{:.3g}.",
        trials.back().lr, trials.back().lr / best->lr, best->lr);
  }
  if (verdict.standing == Standing::unstable) verdict.next = remedies(true);
  return report;
}

std::vector<ProbePlan> stability_probes(double best_lr, int64_t length) {
  std::vector<ProbePlan> probes;
  const int64_t steps = std::max<int64_t>(500, length / 2);
  for (const double factor : {2.0, 5.0, 10.0})
    probes.push_back({.lr = factor * best_lr,
                      .steps = steps,
                      .eval_every = std::max<int64_t>(1, steps / 200),
                      .why = fmt::format("{:.0f} times the best learning rate", factor)});
  return probes;
}

ProbePlan early_probe(double best_lr) {
  return {.lr = 2 * best_lr,
          .steps = 500,
          .eval_every = 1,
          .why = "instability in the first steps, which sparse evaluations miss"};
}

std::optional<Verdict> unstable_first(const Study& study) {
  const auto top = top_quartile(ranked_trials(study));
  for (const Ranked& ranked : top) {
    const auto finding = stability_of(study.trials[ranked.trial]);
    if (!finding || !finding->sustained) continue;
    const Spike& spike = *std::ranges::find_if(finding->spikes, &Spike::sustained);
    Verdict verdict{.rule = "ST-01", .label = "E-UNSTABLE-FIRST", .text = {}};
    verdict.standing = Standing::unstable;
    verdict.text = fmt::format(
        "{} is among the best trials and its training loss rises by {:.3g} "
        "from step {} on ({}): repair this before asking how long to train.",
        name_of(study.trials[ranked.trial]), spike.height, spike.first_step,
        spike.early ? "EARLY" : "MID");
    verdict.evidence = {{.id = "spike", .what = "height in nats", .value = {.mid = spike.height}}};
    verdict.next = remedies(spike.early);
    return verdict;
  }
  return std::nullopt;
}

}  // namespace coldstart::plan
