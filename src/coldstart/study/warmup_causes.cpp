#include "coldstart/study/warmup_causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "coldstart/study/trial_files.h"
#include "coldstart/train/diagnose.h"
#include "coldstart/train/run.h"

namespace coldstart::study {

namespace {

constexpr size_t kPlaces = 5;

// What the first seed of a cell has measured in its early steps.
struct EarlyRun {
  std::vector<ParamSpec> params;
  train::Diagnosis diagnosis;

  double worst(const std::string& measure, const std::string& series) const {
    return metrics::worst_recorded(diagnosis.steps, measure, series);
  }
};

std::optional<EarlyRun> early_run(const StudyDirectory& directory, const plan::Study& study,
                                  const std::string& optimizer, const std::string& warmup,
                                  double lr) {
  const auto trials = trials_at(study, optimizer, warmup, lr);
  if (trials.empty()) return std::nullopt;
  const plan::Trial& trial = study.trials[trials.front()];
  const auto run = directory.trial(trial.index);
  if (!std::filesystem::exists(run / "config.toml") || trial.steps.step.empty())
    return std::nullopt;
  const train::RunConfig config = train::config_of_run(run);
  const train::ResolvedConfig resolved = train::resolve(config, config.model.vocab);
  const bool diverged = trial.reason == plan::Reason::diverged || trial.reason == plan::Reason::nan;
  train::Diagnosis diagnosis =
      train::diagnose_run(resolved, run / kMetricsFile, trial.steps.step.back(), diverged);
  return EarlyRun{model::param_specs(resolved.model), std::move(diagnosis)};
}

bool outside(const MeasureOut& out, double value) {
  return out.limit < 0 ? value < out.limit : value > out.limit;
}

bool has_finding(const EarlyRun& run, const std::string& measure) {
  return std::ranges::any_of(run.diagnosis.findings,
                             [&](const metrics::Finding& f) { return f.measure == measure; });
}

// The places besides the worst one whose values are outside, too.
void add_places(MeasureOut& out, const metrics::Finding& finding, const EarlyRun& without,
                const EarlyRun* with) {
  const auto worst = [&](const EarlyRun* run, const std::string& series) {
    return run == nullptr ? NAN : run->worst(out.measure, series);
  };
  out.places = {{finding.where, finding.worst, worst(with, finding.series)}};
  std::vector<SizeAt> others;
  for (const ParamSpec& param : without.params) {
    const std::string series = fmt::format("{}/{}", out.measure, param.name);
    const double value = worst(&without, series);
    if (series == finding.series || std::isnan(value) || !outside(out, value)) continue;
    others.push_back({metrics::place_of(param), value, worst(with, series)});
  }
  std::ranges::stable_sort(others, {}, [](const SizeAt& at) { return -std::abs(at.without); });
  out.more = std::max<int64_t>(0, std::ssize(others) - static_cast<int64_t>(kPlaces - 1));
  others.resize(std::min(others.size(), kPlaces - 1));
  out.places.insert(out.places.end(), others.begin(), others.end());
}

class Causes {
 public:
  Causes(const StudyDirectory& directory, const plan::Study& study, const WarmupReport& report)
      : directory_(directory), study_(study), report_(report) {}

  WarmupCause of(const OptimizerVerdict& verdict) const {
    const WarmupCell* with = nullptr;
    const WarmupCell* none = nullptr;
    for (const WarmupCell& cell : report_.cells) {
      if (cell.optimizer != verdict.optimizer) continue;
      if (cell.warmup == verdict.best_warmup) with = &cell;
      if (is_no_warmup(cell.warmup)) none = &cell;
    }
    WarmupCause cause{
        .optimizer = verdict.optimizer, .warmup = with->warmup, .lr = with->lr, .measures = {}};
    const auto without_run = run_of(*none, with->lr), with_run = run_of(*with, with->lr);
    if (!without_run) {
      cause.note = "no run without warmup at this rate has been recorded";
      return cause;
    }
    for (const metrics::Finding& finding : without_run->diagnosis.findings) {
      MeasureOut out{.measure = finding.measure,
                     .limit = finding.worst / finding.times,
                     .places = {},
                     .sentence = finding.sentence};
      add_places(out, finding, *without_run, with_run ? &*with_run : nullptr);
      find_other(out, finding, verdict.optimizer);
      cause.measures.push_back(std::move(out));
    }
    if (cause.measures.empty())
      cause.note = without_run->diagnosis.text.empty()
                       ? "every measure stays in its expected range without warmup"
                       : without_run->diagnosis.text;
    return cause;
  }

 private:
  std::optional<EarlyRun> run_of(const WarmupCell& cell, double lr) const {
    return early_run(directory_, study_, cell.optimizer, cell.warmup, lr);
  }

  // The best of the other optimizers that keeps the measure in range at its own best rate.
  void find_other(MeasureOut& out, const metrics::Finding& finding,
                  const std::string& optimizer) const {
    double best = INFINITY;
    for (const WarmupCell& cell : report_.cells) {
      if (cell.optimizer == optimizer || !is_no_warmup(cell.warmup) || !(cell.loss < best))
        continue;
      const auto run = run_of(cell, cell.lr);
      if (!run || has_finding(*run, out.measure)) continue;
      const double value = run->worst(out.measure, finding.series);
      if (std::isnan(value)) continue;
      best = cell.loss;
      out.other = cell.optimizer;
      out.other_lr = cell.lr;
      out.other_value = value;
    }
  }

  const StudyDirectory& directory_;
  const plan::Study& study_;
  const WarmupReport& report_;
};

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.3g}", value); }

}  // namespace

std::vector<WarmupCause> warmup_causes(const StudyDirectory& directory, const plan::Study& study,
                                       const WarmupReport& report) {
  std::vector<WarmupCause> causes;
  if (!directory.spec().built_in()) return causes;
  const Causes look(directory, study, report);
  for (const OptimizerVerdict& verdict : report.verdicts)
    if (verdict.need == Need::needed || verdict.need == Need::helps)
      causes.push_back(look.of(verdict));
  return causes;
}

std::string causes_text(const std::vector<WarmupCause>& causes) {
  std::string text;
  for (const WarmupCause& cause : causes) {
    text += fmt::format("cause, {} at lr {:.3g}: early updates without warmup and with {}\n",
                        cause.optimizer, cause.lr, cause.warmup);
    if (!cause.note.empty()) text += fmt::format("  {}\n", cause.note);
    if (!cause.measures.empty())
      text += fmt::format("  {:<22} {:<28} {:>9} {:>9} {:>9}\n", "measure", "place", "without",
                          "with", "limit");
    for (const MeasureOut& out : cause.measures) {
      for (size_t i = 0; i < out.places.size(); ++i) {
        const SizeAt& at = out.places[i];
        text += fmt::format("  {:<22} {:<28} {:>9} {:>9} {:>9}\n", i == 0 ? out.measure : "",
                            at.where.empty() ? "model" : at.where, number(at.without),
                            number(at.with), i == 0 ? number(out.limit) : "");
      }
      if (out.more > 0) text += fmt::format("  {:<22} and {} more places\n", "", out.more);
    }
    for (const MeasureOut& out : cause.measures) {
      text += fmt::format("  {}\n", out.sentence);
      if (!out.other.empty())
        text += fmt::format("  {} without warmup keeps {} in range: {:.3g} at lr {:.3g}.\n",
                            out.other, out.measure, out.other_value, out.other_lr);
    }
  }
  return text;
}

}  // namespace coldstart::study
