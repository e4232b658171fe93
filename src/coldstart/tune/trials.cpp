#include "coldstart/tune/trials.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/tune/finalists.h"

namespace coldstart::tune {

namespace {

constexpr double kCheckpointInterval_s = 30;
constexpr int64_t kFewestPatience = 5;

// Of a run of so many steps that is only looked at when it is over.
train::RunConfig quiet_config(const Work& work, const Idea& idea, int64_t steps) {
  train::RunConfig config = work.base;
  config.optimizer.name = idea.optimizer;
  config.optimizer.lr = idea.lr;
  config.schedule.warmup = idea.warmup;
  config.train.seed = idea.seed;
  config.train.steps = steps;
  config.train.eval_every = 0;
  config.train.keep_best = 0;
  config.train.divergence_patience =
      std::clamp(steps / 8, kFewestPatience, config.train.divergence_patience);
  const double step_s = work.runs.seconds_per_step(idea.optimizer);
  config.train.checkpoint_every =
      step_s > 0 ? std::max<int64_t>(1, std::llround(kCheckpointInterval_s / step_s)) : 0;
  return config;
}

void append(plan::Trial& to, const plan::Trial& part) {
  for (size_t i = 0; i < part.evals.size(); ++i) {
    if (!to.evals.step.empty() && part.evals.step[i] <= to.evals.step.back()) continue;
    to.evals.step.push_back(part.evals.step[i]);
    to.evals.val.push_back(part.evals.val[i]);
    if (!part.evals.train.empty()) to.evals.train.push_back(part.evals.train[i]);
  }
  for (size_t i = 0; i < part.steps.size(); ++i) {
    if (!to.steps.step.empty() && part.steps.step[i] <= to.steps.step.back()) continue;
    to.steps.step.push_back(part.steps.step[i]);
    to.steps.loss.push_back(part.steps.loss[i]);
    if (!part.steps.lr.empty()) to.steps.lr.push_back(part.steps.lr[i]);
    if (!part.steps.grad_norm.empty()) to.steps.grad_norm.push_back(part.steps.grad_norm[i]);
    if (!part.steps.clipped.empty()) to.steps.clipped.push_back(part.steps.clipped[i]);
  }
  to.state = part.state;
  to.reason = part.reason;
  to.note = part.note;
  to.schedule = part.schedule;
  to.planned_steps = part.planned_steps;
}

}  // namespace

std::string Idea::name() const {
  std::string text = fmt::format("{}-lr{:.4g}", optimizer, lr);
  if (warmup > 0) text += fmt::format("-warmup{}", warmup);
  return text + fmt::format("-seed{}", seed);
}

train::RunConfig trunk_config(const Work& work, const Idea& idea, int64_t steps) {
  train::RunConfig config = quiet_config(work, idea, steps);
  config.schedule.shape = schedule::Shape::constant;
  return config;
}

train::RunConfig cooldown_config(const Work& work, const Idea& idea, int64_t from, int64_t end) {
  train::RunConfig config = quiet_config(work, idea, end);
  config.schedule.shape = schedule::Shape::trapezoid;
  config.schedule.cooldown = static_cast<double>(end - from) / static_cast<double>(end);
  return config;
}

Trial cooled_rung(Work& work, const std::string& rung, const Idea& idea, int64_t length,
                  const std::string& why, const Trial* before) {
  Trial trial{.idea = idea, .loss = NAN, .trunks = {}, .cooled = {}};
  if (before != nullptr) trial.trunks = before->trunks;
  const std::string name = rung + "-" + idea.name();
  const std::string base_run = trial.trunks.empty() ? "" : trial.trunks.back();
  trial.trunk_steps = trunk_steps(length);
  const RunRecord trunk = work.runs.run({.name = name + "-trunk",
                                         .why = why,
                                         .config = trunk_config(work, idea, trial.trunk_steps),
                                         .branch_from = base_run});
  trial.trunks.push_back(trunk.name);
  if (!trunk.finished) return trial;
  const RunRecord cooled =
      work.runs.run({.name = name,
                     .why = why,
                     .config = cooldown_config(work, idea, trial.trunk_steps, length),
                     .branch_from = trunk.name,
                     .scored = true});
  trial.cooled = cooled.name;
  drop_outrun(work.runs);
  if (cooled.finished) trial.loss = cooled.last_val.value_or(NAN);
  return trial;
}

plan::Trial joined(const Work& work, const Trial& trial) {
  std::vector<std::string> parts = trial.trunks;
  if (!trial.cooled.empty()) parts.push_back(trial.cooled);
  plan::Trial whole = work.runs.trial(parts.front());
  for (size_t i = 1; i < parts.size(); ++i) append(whole, work.runs.trial(parts[i]));
  whole.name = parts.back();
  whole.seed = trial.idea.seed;
  whole.values = {{"optimizer.name", trial.idea.optimizer},
                  {"optimizer.lr", fmt::format("{}", trial.idea.lr)},
                  {"schedule.warmup", fmt::format("{}", trial.idea.warmup)}};
  return whole;
}

std::string command_of(const Work& work, const Idea& idea, int64_t length) {
  std::string settings =
      fmt::format("--optimizer.name {} --lr {} --steps {} --shape trapezoid --cooldown {}",
                  idea.optimizer, idea.lr, length, kCooldown);
  if (idea.warmup > 0) settings += fmt::format(" --warmup {}", idea.warmup);
  if (idea.seed != work.base.train.seed) settings += fmt::format(" --train.seed {}", idea.seed);
  return train_command(work, settings);
}

}  // namespace coldstart::tune
