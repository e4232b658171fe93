#include "coldstart/plan/objective.h"

#include <algorithm>
#include <map>
#include <span>

#include "coldstart/plan/series.h"

namespace coldstart::plan {

std::optional<Result> objective_of(const Trial& trial, Objective objective) {
  constexpr size_t kLast = 5;
  const Curve val = val_curve(trial);
  if (val.size() == 0) return std::nullopt;
  switch (objective) {
    case Objective::best: {
      const auto best = std::ranges::min_element(val.value);
      return Result{*best, val.step[static_cast<size_t>(best - val.value.begin())]};
    }
    case Objective::final:
      return Result{val.value.back(), val.step.back()};
    case Objective::last_mean:
      return Result{mean(std::span(val.value).last(std::min(kLast, val.size()))), val.step.back()};
  }
  return std::nullopt;
}

std::vector<Ranked> ranked_trials(const Study& study, Objective objective) {
  const int64_t length = study_length(study);
  std::vector<Ranked> ranked;
  for (size_t i = 0; i < study.trials.size(); ++i) {
    const Trial& trial = study.trials[i];
    if (trial.state != TrialState::finished || trial_length(trial) != length) continue;
    if (const auto result = objective_of(trial, objective))
      ranked.push_back({i, result->value, result->step});
  }
  std::ranges::stable_sort(ranked, {}, &Ranked::value);
  return ranked;
}

std::vector<Ranked> top_quartile(const std::vector<Ranked>& ranked, size_t fewest) {
  const size_t count = std::min(ranked.size(), std::max(fewest, (ranked.size() + 3) / 4));
  return {ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count)};
}

int64_t trial_length(const Trial& trial) {
  if (trial.planned_steps > 0) return trial.planned_steps;
  const int64_t evaluated = trial.evals.step.empty() ? 0 : trial.evals.step.back();
  const int64_t made = trial.steps.step.empty() ? 0 : trial.steps.step.back();
  return std::max(evaluated, made);
}

int64_t study_length(const Study& study) {
  if (study.max_steps > 0) return study.max_steps;
  std::map<int64_t, int64_t> counts;
  for (const Trial& trial : study.trials)
    if (trial_length(trial) > 0) ++counts[trial_length(trial)];
  int64_t length = 0, most = 0;
  for (const auto& [steps, count] : counts) {
    if (count < most) continue;
    most = count;
    length = steps;
  }
  return length;
}

}  // namespace coldstart::plan
