// Stability of training: which trials count as infeasible, at which learning rate a model becomes
// unstable, and what to do about it, in which order.
//
// Playbook L1804-1983. Infeasible is a value that is not finite, or a loss that is
// uncharacteristically high: after 20 % of the steps above guessing (ln vocab - 0.1), or above the
// study's median + 5 median deviations (ours). A loss that has fallen all the way, never rose and
// still falls in the last quarter is high because the run is slow: that is no failure (ours; where
// most trials agree, 5 deviations are little). Test: tests/plan/stability_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/plan/spikes.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// ST-08: why this trial counts as infeasible, in one sentence; nothing when it does not.
std::optional<std::string> infeasible_because(const Trial& trial, const Study& study);
// The trials of a study with state and reason set by ST-08 where the loss alone says so.
void mark_infeasible(Study& study);

// What is wrong with one trial: its spikes, as findings EARLY or MID (ST-02).
struct StabilityFinding {
  bool early = false;
  bool sustained = false;
  std::vector<Spike> spikes;
};
std::optional<StabilityFinding> stability_of(const Trial& trial);

// ST-07: remedies in the order in which to try them; "lower the learning rate" is always last.
std::vector<std::string> remedies(bool early);

// Of a sweep over learning rates (the trials' peak rates) with everything else alike: lr*, the
// rate at which the model becomes unstable, and UNSTABLE_ABOVE_BEST, EDGE_OF_STABILITY or KEEP.
struct LrTrial {
  double lr = 0;
  double loss = NAN;  // best of the trial; NaN when infeasible
  bool infeasible = false;
  bool sustained = false, any_spike = false;
};
LrTrial lr_trial(const Trial& trial, double lr);
struct SweepReport {
  double best_lr = NAN;
  double unstable_lr = NAN;  // the smallest that is infeasible or has a sustained spike (ST-09)
  Verdict verdict;
};
SweepReport judge_lr_sweep(std::vector<LrTrial> trials);

// The probes that follow a sweep (ST-04, ST-06).
struct ProbePlan {
  double lr = 0;
  int64_t steps = 0, eval_every = 0;
  std::string why;
};
std::vector<ProbePlan> stability_probes(double best_lr, int64_t length);
ProbePlan early_probe(double best_lr);

// ST-01: an unstable study gets no advice about its length unless the user insists; nothing when
// there is no finding among its best trials.
std::optional<Verdict> unstable_first(const Study& study);

}  // namespace coldstart::plan
