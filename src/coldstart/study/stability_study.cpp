#include "coldstart/study/stability_study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/plan/lr_sweep.h"
#include "coldstart/plan/series.h"
#include "coldstart/plan/spikes.h"
#include "coldstart/plan/stability_probes.h"
#include "coldstart/study/load.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr int kMostExtensions = 4;
constexpr size_t kFewestNorms = 20;    // to take a percentile from
constexpr int64_t kEvalTokens = 8192;  // of a probe that evaluates every step

std::vector<plan::LrTrial> lr_trials(const StudyDirectory& directory) {
  plan::Study study = load_study(directory.path());
  plan::mark_infeasible(study);
  std::vector<plan::LrTrial> trials;
  for (const plan::Trial& trial : study.trials)
    if (trial.state == plan::TrialState::finished || !trial.feasible())
      trials.push_back(plan::lr_trial(trial, plan::sweep_lr(trial)));
  return trials;
}

std::string table_of(std::vector<plan::LrTrial> trials) {
  std::ranges::sort(trials, {}, &plan::LrTrial::lr);
  std::string text;
  for (const plan::LrTrial& t : trials)
    text += fmt::format(
        "{:>10.4g}  {}{}\n", t.lr,
        t.infeasible ? std::string("does not train") : fmt::format("val {:.4f}", t.loss),
        t.infeasible  ? ""
        : t.sustained ? ", a rise of the loss that lasts"
        : t.any_spike ? ", a rise of the loss that ends"
                      : "");
  return text;
}

plan::SweepReport report_of(const StudyDirectory& study) {
  const std::vector<plan::LrTrial> trials = lr_trials(study);
  plan::SweepReport report = plan::judge_lr_sweep(trials);
  report.verdict.chart = table_of(trials);
  return report;
}

LrStudy probes_of(const StabilityPlan& plan, double best_lr) {
  LrStudy probes{.goal = "is training stable above the best learning rate?",
                 .base = without_checkpoints(plan.config)};
  for (const plan::ProbePlan& probe : plan::stability_probes(best_lr, steps_of(plan.config))) {
    probes.steps = probe.steps;
    probes.base.train.eval_every = probe.eval_every;
    probes.rates.push_back(probe.lr);
  }
  return probes;
}

bool unstable(const plan::Trial& trial) {
  return !trial.feasible() || !plan::find_spikes(trial).empty();
}

plan::Verdict too_few_norms(double rate, size_t steps) {
  plan::Verdict v{.rule = "GC-03", .label = "INSUFFICIENT", .text = {}};
  v.standing = plan::Standing::insufficient;
  v.text = fmt::format(
      "Without clipping the run at a rate of {:.3g} ended after {} steps: too few "
      "gradient norms to take a threshold from.",
      rate, steps);
  v.next = {fmt::format("the same at a lower rate: --lr {:.3g}", rate / kRateRatio)};
  return v;
}

// The trial of the sweep's best rate; nothing where there is no sweep.
std::optional<plan::Trial> stable_run(const StabilityPlan& plan) {
  const auto report = finished_sweep(plan);
  if (!report || std::isnan(report->best_lr)) return std::nullopt;
  for (plan::Trial& trial : load_study(plan.directory / "sweep").trials)
    if (trial.feasible() && plan::sweep_lr(trial) == report->best_lr) return std::move(trial);
  return std::nullopt;
}

// The median of the five training losses that end at a step.
std::optional<double> loss_before(const plan::Trial& trial, int64_t step) {
  const plan::Curve loss = plan::loss_curve(trial);
  const auto end = std::ranges::upper_bound(loss.step, step) - loss.step.begin();
  if (end < 5) return std::nullopt;
  return plan::median_of({loss.value.begin() + end - 5, loss.value.begin() + end});
}

}  // namespace

std::optional<plan::SweepReport> finished_sweep(const StabilityPlan& plan) {
  const fs::path directory = plan.directory / "sweep";
  if (!StudyDirectory::holds_study(directory)) return std::nullopt;
  const auto study = StudyDirectory::open(directory);
  if (std::ssize(lr_trials(study)) < study.trials()) return std::nullopt;
  return report_of(study);
}

StabilitySweep stability_sweep(const StabilityPlan& plan, const RateRange& range,
                               const RunStudy& run) {
  StabilitySweep result;
  LrStudy sweep{.goal = "at which learning rate does training become unstable?",
                .base = without_checkpoints(plan.config),
                .steps = steps_of(plan.config),
                .rates = rates_in(range)};
  for (int extensions = 0;; ++extensions) {
    const auto study = open_lr_study(plan.directory / "sweep", sweep);
    result.exit_code = run(study);
    if (result.exit_code != 0) return result;
    result.report = report_of(study);
    const bool at_top = result.report.verdict.label == "REJECTED_BOUNDARY";
    if (!at_top || extensions == kMostExtensions) break;
    sweep.rates.push_back(kRateRatio * result.report.best_lr);
  }
  if (std::isnan(result.report.best_lr)) return result;
  const auto probes =
      open_lr_study(plan.directory / "probes", probes_of(plan, result.report.best_lr));
  result.exit_code = run(probes);
  if (result.exit_code == 0) plan::add_probes(result.report, lr_trials(probes));
  return result;
}

Search probe_early(const StabilityPlan& plan, double rate, int64_t steps, kernels::Kernels& kernels,
                   train::RunObserver& observer) {
  const plan::ProbePlan early = plan::early_probe(rate);
  Probe probe{.label = fmt::format("lr {:.3g}, {} steps, each evaluated", early.lr, steps),
              .directory = plan.directory / fmt::format("early-lr-{:.4g}-{}", early.lr, steps),
              .config = without_checkpoints(plan.config)};
  train::RunConfig& c = probe.config;
  c.train.out = probe.directory.string();  // the data are prepared beside it
  const int64_t warmup =
      train::resolve(c, train::open_data(c)->facts()).schedule.warmup;  // a share of its own length
  c.schedule = {};
  c.schedule.shape = schedule::Shape::constant;
  c.schedule.warmup = std::min(warmup, steps);
  c.optimizer.lr = early.lr;
  c.train.steps = steps;
  c.train.eval_every = early.eval_every;
  c.train.eval_tokens = std::min(c.train.eval_tokens, std::max(c.train.batch_tokens, kEvalTokens));
  const ProbeEnd end = run_probe(probe, kernels, observer);
  if (end.signal != 0) return {.verdict = {}, .signal = end.signal};
  return {.verdict = plan::judge_early(end.trial)};
}

Search search_warmup(const StabilityPlan& plan, const WarmupQuestion& question,
                     kernels::Kernels& kernels, train::RunObserver& observer) {
  const int64_t length = steps_of(plan.config);
  const plan::WarmupCandidates candidates = plan::warmup_candidates(question.wanted, length);
  const std::optional<plan::Trial> stable = stable_run(plan);
  std::vector<plan::WarmupProbe> probes;
  std::string chart;
  while (true) {
    plan::WarmupStep step = plan::next_warmup(candidates, probes, length);
    if (step.next == 0) {
      step.verdict.chart = chart;
      if (!stable && !probes.empty())
        step.verdict.warnings.emplace_back(
            "no sweep stands beside these probes: only rises of the loss were looked for");
      return {.verdict = std::move(step.verdict)};
    }
    const schedule::Schedule wanted =
        plan::warmup_probe(step.next, question.unstable_lr, question.factor);
    Probe probe{
        .label = fmt::format("warmup {}, lr {:.3g}", step.next, wanted.base),
        .directory = plan.directory / fmt::format("warmup-{}-lr-{:.4g}", step.next, wanted.base),
        .config = without_checkpoints(plan.config)};
    train::RunConfig& c = probe.config;
    const schedule::WarmupShape shape = c.schedule.warmup_shape;
    c.schedule = {};
    c.schedule.shape = schedule::Shape::constant;
    c.schedule.warmup = wanted.warmup;
    c.schedule.warmup_mode = wanted.mode;
    if (!schedule::has_own_length(shape)) c.schedule.warmup_shape = shape;
    c.optimizer.lr = wanted.base;
    c.train.steps = wanted.hold;
    c.train.eval_every = 0;  // at the end
    const ProbeEnd end = run_probe(probe, kernels, observer);
    if (end.signal != 0) return {.verdict = {}, .signal = end.signal};
    const auto baseline = stable ? loss_before(*stable, wanted.total()) : std::nullopt;
    const bool enough = plan::warmup_enough(end.trial, baseline);
    const auto reached = loss_before(end.trial, wanted.total());
    chart += fmt::format(
        "{:>8} steps of warmup to {:.3g}: {}{}{}\n", step.next, wanted.base,
        enough ? "enough" : "not enough",
        reached ? fmt::format(", loss {:.4f} at step {}", *reached, wanted.total()) : "",
        baseline ? fmt::format(", {:.4f} at the best rate without", *baseline) : "");
    probes.push_back({.warmup = step.next, .enough = enough});
  }
}

Search search_clip(const StabilityPlan& plan, double rate, kernels::Kernels& kernels,
                   train::RunObserver& observer) {
  if (plan.config.clip.rule != adapt::ClipRule::norm)
    throw ConfigError("stability clip",
                      fmt::format("the rule of clipping is {}", enum_name(plan.config.clip.rule)),
                      "the probes look for a threshold on the norm: --set clip.rule=norm");
  std::vector<double> norms;
  std::vector<plan::ClipProbe> probes;
  std::string chart;
  double share = 1;  // percentile of the next probe; 1: no clipping
  while (true) {
    Probe probe{.label = {}, .directory = {}, .config = without_checkpoints(plan.config)};
    probe.config.optimizer.lr = rate;
    probe.config.train.grad_clip = share < 1 ? plan::clip_threshold(norms, share) : 0;
    const std::string name = share < 1 ? fmt::format("p{:.0f}", 100 * share) : "none";
    probe.label = fmt::format(
        "lr {:.3g}, clipping at {}", rate,
        share < 1 ? fmt::format("{:.4g} ({})", probe.config.train.grad_clip, name) : name);
    probe.directory = plan.directory / fmt::format("clip-{}-lr-{:.4g}", name, rate);
    const ProbeEnd end = run_probe(probe, kernels, observer);
    if (end.signal != 0) return {.verdict = {}, .signal = end.signal};
    if (probes.empty()) {
      norms = end.trial.steps.grad_norm;
      if (norms.size() < kFewestNorms) return {.verdict = too_few_norms(rate, norms.size())};
      for (const plan::NormBin& bin : plan::norm_histogram(norms))
        chart +=
            fmt::format("{:>10.4g} {:>6}  {}\n", bin.lo, bin.count,
                        std::string(static_cast<size_t>(60 * bin.count / std::ssize(norms)), '#'));
    }
    probes.push_back({.share = share,
                      .clipped = plan::clipped_share(end.trial.steps),
                      .unstable = unstable(end.trial)});
    chart +=
        fmt::format("{}: {}, {:.0f} % of the updates clipped\n", probe.label,
                    probes.back().unstable ? "unstable" : "stable", 100 * probes.back().clipped);
    plan::ClipAdvice advice = plan::next_clip(norms, probes);
    if (advice.share == 0) {
      advice.verdict.chart = chart;
      return {.verdict = std::move(advice.verdict)};
    }
    share = advice.share;
  }
}

}  // namespace coldstart::study
