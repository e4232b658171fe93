#include "coldstart/train/diagnose.h"

#include <algorithm>
#include <cmath>

#include "coldstart/io/json_lines.h"
#include "coldstart/optim/registry.h"

namespace coldstart::train {

namespace {

constexpr int64_t kFewestSteps = 50;
constexpr int64_t kShare = 10;  // one part of so many

struct Window {
  int64_t early_end = 0, late_begin = 0;
  bool holds(int64_t step) const { return step > 0 && (step <= early_end || step >= late_begin); }
};

Window window_of(int64_t total_steps, int64_t last_step, bool diverged) {
  const int64_t length = std::max(kFewestSteps, total_steps / kShare);
  return {.early_end = length,
          .late_begin = diverged ? std::max<int64_t>(1, last_step - length) : last_step + 2};
}

// The train record of a step comes first, then what was measured of it.
std::vector<metrics::RecordedStep> read_steps(const std::filesystem::path& file,
                                              const Window& window, int64_t last_step) {
  std::vector<metrics::RecordedStep> steps;
  io::visit_json_lines(file, [&](const io::JsonRecord& record) {
    const int64_t step = record.integer("step").value_or(0);
    if (step > window.early_end && window.late_begin > last_step) return false;
    if (!window.holds(step)) return true;
    const std::string type = record.text("type").value_or("");
    if (type == "train") {
      steps.push_back({.step = step, .lr = record.number("lr").value_or(0)});
    } else if (type != "metrics" || steps.empty() || steps.back().step != step) {
      return true;
    }
    for (const auto& [name, value] : record.entries()) {
      const std::optional<double> number = record.number(name);
      if (number && std::isfinite(*number)) steps.back().values.emplace_back(name, *number);
    }
    return true;
  });
  return steps;
}

}  // namespace

Diagnosis diagnose_run(const ResolvedConfig& config, const std::filesystem::path& metrics_file,
                       int64_t last_step, bool diverged) {
  const Window window = window_of(config.schedule.total(), last_step, diverged);
  std::vector<metrics::RecordedStep> steps = read_steps(metrics_file, window, last_step);
  const std::vector<ParamSpec> params = model::param_specs(config.model);
  std::vector<metrics::Finding> findings =
      metrics::diagnose(steps, {.params = params,
                                .peak_lr = config.schedule.base,
                                .batch = snr_samples(config),
                                .rotational = optim::group_rules(config.config.optimizer).rotates,
                                .rrc_scaled = config.config.rrc.rrc_scaling != optim::RrcForm::none,
                                .diverged = diverged});
  Diagnosis diagnosis{.text = metrics::diagnosis_text(findings)};
  for (const metrics::Finding& finding : findings) diagnosis.all.push_back(finding.sentence);
  if (diverged && findings.empty()) {
    diagnosis.text =
        config.config.metrics.measure == "none"
            ? "Nothing was measured (metrics.measure = none)."
            : "No recorded measure left its expected range before that; metrics.measure = all and "
              "granularity = model,role,tensor record more.";
    diagnosis.all = {diagnosis.text};
  }
  diagnosis.findings = std::move(findings);
  diagnosis.steps = std::move(steps);
  return diagnosis;
}

std::string summary_text(const RunResult& result, int64_t total_steps, const Diagnosis& diagnosis) {
  std::string text =
      fmt::format("{} at step {} of {}", outcome_name(result.outcome), result.step, total_steps);
  if (!result.reason.empty()) text += ": " + result.reason;
  if (result.best_val_loss)
    text += fmt::format("; lowest validation loss {:.4f} nats, at step {}", *result.best_val_loss,
                        result.best_val_step);
  for (const std::string& sentence : diagnosis.all) text += "\n" + sentence;
  return text + "\n";
}

}  // namespace coldstart::train
