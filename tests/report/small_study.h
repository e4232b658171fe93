// A study whose every number is known, for the tests of the report.
//
// 2 optimizers x 2 warmups x 4 rates x 2 seeds; result = 3 + (log10 lr + 3)^2 + 0.1 for the second
// optimizer + 0.01 for seed 2; the highest rate diverges without warmup.
#pragma once

#include <cmath>
#include <string>

#include "coldstart/report/input.h"

namespace coldstart::report {

inline const std::string kHostile = "</script><script>document.title='owned'</script><b>&\"'";

inline double planted_result(double lr, bool second, int seed) {
  const double off = std::log10(lr) + 3;
  return 3 + off * off + (second ? 0.1 : 0) + 0.01 * (seed - 1);
}

inline plan::Trial planted_trial(const std::string& optimizer, const std::string& warmup,
                                 const std::string& lr, int seed) {
  plan::Trial trial;
  trial.values = {{"optimizer.name", optimizer}, {"schedule.warmup", warmup}, {"optimizer.lr", lr}};
  trial.seed = seed;
  trial.state = plan::TrialState::finished;
  trial.planned_steps = 100;
  const double best = planted_result(std::stod(lr), optimizer == "lion_ar", seed);
  for (int64_t step = 0; step <= 100; step += 4) {  // the best is at step 80
    trial.evals.step.push_back(step);
    trial.evals.val.push_back(best + 0.0001 * static_cast<double>((step - 80) * (step - 80)));
  }
  for (int64_t step = 1; step <= 100; ++step) {
    trial.steps.step.push_back(step);
    trial.steps.loss.push_back(best + 1.0 / static_cast<double>(step));
    trial.steps.lr.push_back(std::stod(lr));
    trial.steps.grad_norm.push_back(0.5 + 0.01 * static_cast<double>(step));
    trial.steps.clipped.push_back(step > 90 ? 1 : 0);
  }
  return trial;
}

inline plan::Trace planted_trace(const std::string& measure, const std::string& place,
                                 double value) {
  plan::Trace trace{measure, place, {}, {}};
  for (int64_t step = 1; step <= 100; ++step) {
    trace.step.push_back(step);
    trace.value.push_back(value / static_cast<double>(step));
  }
  return trace;
}

inline Input small_study() {
  Input input;
  input.study.name = "s1 " + kHostile;
  input.study.goal = "does it need warmup? " + kHostile;
  input.study.max_steps = 100;
  for (const char* optimizer : {"adamw", "lion_ar"})
    for (const char* warmup : {"0", "10%"})
      for (const char* lr : {"0.0001", "0.001", "0.01", "0.1"})
        for (const int seed : {1, 2}) {
          plan::Trial trial = planted_trial(optimizer, warmup, lr, seed);
          trial.index = static_cast<int64_t>(input.study.trials.size());
          trial.name = "s1/" + std::to_string(trial.index);
          TrialDetail detail;
          if (std::string(lr) == "0.1" && std::string(warmup) == "0") {
            trial.state = plan::TrialState::infeasible;
            trial.reason = plan::Reason::diverged;
            trial.note = "step 9: " + kHostile;
          }
          for (const char* place : {"h.0.attn.q.weight", "h.1.attn.q.weight", "model"}) {
            detail.traces.push_back(planted_trace("angular_update", place, 0.3));
            detail.traces.push_back(planted_trace("update_l2", place, 2));
            detail.traces.push_back(planted_trace("weight_norm", place, 10));
            detail.traces.push_back(planted_trace("equilibrium.angle", place, 0.1));
            detail.traces.push_back(planted_trace("rrc.train", place, 0.2));
            detail.traces.push_back(planted_trace("snr", place, 0.05));
          }
          detail.batch_sequences = 16;
          input.study.trials.push_back(std::move(trial));
          input.details.push_back(std::move(detail));
        }
  plan::Verdict verdict;
  verdict.rule = "SB-01";
  verdict.label = "STRONG";
  verdict.text = "the best lies at the edge " + kHostile;
  verdict.warnings = {"W-LUCKY-STEP: s1/3 has a lucky step"};
  verdict.tags = {"NOISE_LOWER_BOUND"};
  verdict.chart = "0-10% |###";
  verdict.valid_for = {"batch 4096 tokens"};
  verdict.next = {"coldstart study extend " + kHostile};
  input.verdicts = {verdict};
  input.commands = {"coldstart study run s1", "echo " + kHostile};
  input.made_by = "coldstart test";
  return input;
}

// What the study varies: both words scientific, the rate a nuisance.
inline void add_space(Input& input) {
  input.study.space = {{.name = "optimizer.name",
                        .kind = plan::Kind::optimizer,
                        .role = plan::Role::scientific,
                        .scale = plan::Scale::choice,
                        .choices = {"adamw", "lion_ar"}},
                       {.name = "schedule.warmup",
                        .kind = plan::Kind::warmup,
                        .role = plan::Role::scientific,
                        .scale = plan::Scale::choice,
                        .choices = {"0", "10%"}},
                       {.name = "optimizer.lr",
                        .kind = plan::Kind::base_lr,
                        .role = plan::Role::nuisance,
                        .scale = plan::Scale::log,
                        .lo = 1e-4,
                        .hi = 0.1}};
}

}  // namespace coldstart::report
