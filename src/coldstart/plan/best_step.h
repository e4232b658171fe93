// Best step and onset of every trial, and what they say about the length of the study.
//
//   best step  the evaluation with the lowest validation loss: what the checkpoints hold
//   onset      the first evaluation whose 5-point mean is within `tolerance` of the lowest 5-point
//              mean: where the plateau begins. tolerance = 3 standard deviations of one evaluation
//              (the larger of the trial's own and the median trial's)
//   TOO_LONG          every onset (5 trials or more) in the first 10 %     playbook L1198-1199
//   MAYBE_TOO_SHORT   best step in the last 25 % in 3/4 of the best quarter  playbook L1200-1202
//
// The best step roams over a plateau, so the first rule goes by the onset; under a decay to zero
// the best step is late in any case, so the second is joined with the predicted gain of a doubling
// when one is given. A best step counts as late only where the loss still falls in the last
// quarter, by more than the noise of its mean (ours): on a plateau it would be there by chance. The
// 3 is ours: the lowest of many smoothed values lies about 1.5 deviations below the plateau. Test:
// tests/plan/best_step_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// The last share of a run, where the scatter of its evaluations is measured.
inline constexpr double kBestStepNoiseShare = 0.5;

struct BestStepOptions {
  double early = 0.10, late = 0.75;  // of the run: the playbook's lines
  double late_share = 0.75;          // of the best quarter
  double wilson = 0.5;               // lower bound (95 %, one-sided) of that share
  int64_t fewest_trials = 5;         // for TOO_LONG
  int64_t fewest_evals = 20, fewest_early_evals = 3;
  double onset_place = 0.6;  // of the shorter run that is proposed
  double stingy = 1.5;       // run / onset of the best trial, below: W-STINGY
  // The predicted gain of a doubling (E1), its vote COMPUTE_BOUND, SATURATED or empty.
  std::optional<Evidence> gain = {};
};

struct BestStep {
  size_t trial = 0;  // index into study.trials
  int64_t best = 0, onset = 0;
  double best_fraction = 0, onset_fraction = 0;  // of the run
  double value = 0;                              // at the best step
  double tolerance = 0;
  bool flat = false;        // the plateau begins at the first evaluation
  bool falls_late = false;  // its last quarter is lower than the one before, by 2 standard errors
  bool gains_after_onset = false;  // it still improves behind it, by more than one deviation
};

// Nothing when the trial has fewer than `fewest` finite evaluations. usual_sd: of one evaluation in
// trials like it; the tolerance is from the larger of that and the trial's own.
std::optional<BestStep> best_step_of(const Trial& trial, int64_t length, int64_t fewest = 20,
                                     double usual_sd = 0);

struct BestStepReport {
  std::vector<BestStep> trials;  // best trial first
  int64_t length = 0;            // steps of the study
  int64_t proposed = 0;          // another length; 0: none
  Verdict verdict;               // its chart is the histogram
};
BestStepReport diagnose_best_steps(const Study& study, const BestStepOptions& options = {});
// A line a trial: name, best step, onset, fractions, value.
std::string table_of(const BestStepReport& report, const Study& study);

}  // namespace coldstart::plan
