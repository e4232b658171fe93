#include "coldstart/plan/stability_probes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/plan/lr_sweep.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr int64_t kUsualEvery = 100;  // steps between evaluations: what a usual run would see

const char* seen_in(const LrTrial& trial) {
  return trial.infeasible  ? "does not train"
         : trial.sustained ? "a rise of the loss that lasts"
         : trial.any_spike ? "a rise of the loss that ends"
                           : "no rise of the loss";
}

// The trial with its validation loss in the place of the training loss.
Trial as_validation(const Trial& trial) {
  Trial other;
  other.name = trial.name;
  other.planned_steps = trial.planned_steps;
  other.schedule = trial.schedule;
  other.steps.step = trial.evals.step;
  other.steps.loss = trial.evals.val;
  return other;
}

std::vector<Spike> spikes_of(const Trial& trial) {
  std::vector<Spike> spikes = find_spikes(trial);
  if (trial.evals.size() < trial.steps.size()) return spikes;
  for (const Spike& spike : find_spikes(as_validation(trial))) spikes.push_back(spike);
  return spikes;
}

}  // namespace

void add_probes(SweepReport& report, std::vector<LrTrial> probes) {
  std::ranges::sort(probes, {}, &LrTrial::lr);
  Verdict& v = report.verdict;
  bool any = false;
  for (const LrTrial& probe : probes) {
    const bool unstable = probe.infeasible || probe.sustained;
    any = any || unstable || probe.any_spike;
    v.chart += fmt::format("{:>10.4g}  probe, {:.3g} times the best rate: {}\n", probe.lr,
                           probe.lr / report.best_lr, seen_in(probe));
    if (unstable && !(report.unstable_lr <= probe.lr)) report.unstable_lr = probe.lr;
  }
  for (Evidence& evidence : v.evidence)
    if (evidence.id == "unstable_base_learning_rate") evidence.value.mid = report.unstable_lr;
  if (!any || v.label != "KEEP") return;
  v.rule = "ST-04";
  v.label = "UNSTABLE_ABOVE_BEST";
  v.standing = Standing::unstable;
  v.text = fmt::format(
      "The sweep is calm, but at a multiple of the best learning rate {:.3g} training becomes "
      "unstable: making it stable would likely allow a higher rate.",
      report.best_lr);
  v.next = remedies(true);
}

Verdict judge_early(const Trial& trial) {
  Verdict v{.rule = "ST-06", .label = "KEEP", .text = {}};
  const std::vector<Spike> spikes = spikes_of(trial);
  const double rate = sweep_lr(trial);
  if (trial.feasible() && spikes.empty()) {
    v.text = fmt::format("No rise of the loss in the first {} steps at a rate of {:.3g}.",
                         trial_length(trial), rate);
    return v;
  }
  v.standing = Standing::unstable;
  v.next = remedies(true);
  const bool lasts = !trial.feasible() || any_sustained(spikes);
  v.label = lasts ? "SUSTAINED" : "UNSTABLE_ABOVE_BEST";
  if (spikes.empty()) {
    v.text = fmt::format("At a rate of {:.3g} the run does not train: {}.", rate, trial.note);
    return v;
  }
  const Spike& spike = *std::ranges::max_element(
      spikes, {}, [](const Spike& s) { return s.not_finite ? INFINITY : s.height; });
  v.text = fmt::format("At a rate of {:.3g} the loss rises by {:.3g} between steps {} and {}{}.",
                       rate, spike.height, spike.first_step, spike.last_step,
                       lasts ? "" : ", and the run recovers");
  v.evidence = {{.id = "spike", .what = "height in nats", .value = {.mid = spike.height}}};
  if (!lasts && spike.first_step / kUsualEvery == spike.last_step / kUsualEvery)
    v.warnings.push_back(fmt::format(
        "an evaluation every {} steps would not have seen it; look at every step", kUsualEvery));
  return v;
}

}  // namespace coldstart::plan
