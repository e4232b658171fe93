// What the other rules of the planner find in a trial: findings_of() of classify.h.
#include "coldstart/core/error.h"
#include "coldstart/plan/best_step.h"
#include "coldstart/plan/classify.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/overfitting.h"
#include "coldstart/plan/spikes.h"

namespace coldstart::plan {

TrialFindings findings_of(const Trial& trial, double sigma) {
  TrialFindings f{.unstable = trial.reason == Reason::diverged || trial.reason == Reason::nan};
  try {
    f.unstable = f.unstable || any_sustained(find_spikes(trial));
    if (const auto found = detect_overfitting(trial, sigma)) {
      f.overfitting = found->overfits;
      f.overfit_rise = found->rise;
    }
    if (const auto best = best_step_of(trial, trial_length(trial))) {
      f.best_fraction = best->best_fraction;
      f.onset_fraction = best->onset_fraction;
    }
  } catch (const DataError&) {
    // Records that no rule can read: the verdict names them itself.
  }
  return f;
}

}  // namespace coldstart::plan
