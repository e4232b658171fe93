// Is a run limited by our patience (compute-bound) or by its data?
//
// Evidence on one trial, each with a value, an interval and a vote:
//   E1  predicted gain of doubling the steps, annealing removed   C: all > eps   S: all < eps
//   E2  training loss at its floor                                S              C when far above
//   E3  validation gain / training gain of doubling               S: < 0.1       O: negative
//   E4  growth of val - train per doubling over the last 30 %     S: as fast as training improves
//   E5  where the best step and the onset of the plateau are      corroborates, decides nothing
//   E6  the validation loss rises again                           O
//   E7  passes over the data                                      C: at most one
//   E8  learning rate at the end, share of the peak               > 0.3: not cooled down
//   eps = max(sigma, 0.25 % of the loss)
// E1 and E3 come from the annealing law fitted to this one run, over all lambdas and 5, 10 and 20 %
// left out, each widened by two standard errors and by a quarter of the gain (one curve gave gains
// up to 40 % off, most of which the lambdas span; design 4.2). The significance of an end slope
// decides nothing: it is certain for every run under a decay. Then, first match:
//   unstable -> UNSTABLE, E6 -> OVERFITTING, E1 = S and (E2 or E3 or E4) -> SATURATED,
//   E1 = C and E3 not S -> COMPUTE_BOUND, else AMBIGUOUS with the cheapest run that would settle it
// A study goes by its best trials: the label that 75 % of them have; and where their own intervals
// are too wide for that and none has another label, by the means of E1, E3 and E4 over them and the
// trials that are as good (ours: noise averages out, what the law leaves open does not).
// Playbook TD-01 to TD-04, TD-14; design 6.1. Test: tests/plan/classify_test.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

enum class Workload : uint8_t { compute_bound, saturated, overfitting, ambiguous, unstable };

// All thresholds are the tool's own.
struct ClassifyOptions {
  double sigma = 0;                     // between seeds, in nats; 0: not known
  double eps_share = 0.0025;            // of the loss: the least gain that counts
  std::optional<double> fit_loss = {};  // "fitted" means a training loss at or below this (TD-14)
  double conversion = 0.1;              // E3
  double most_epochs = 4;               // W-EPOCHS
  double uncooled = 0.3;                // E8
};

// What other rules say of the trial.
struct TrialFindings {
  bool unstable = false;                                          // a sustained spike
  bool overfitting = false;                                       // E6
  double overfit_rise = 0;                                        // nats; of E6
  std::optional<double> best_fraction = {}, onset_fraction = {};  // E5
};
// sigma: between seeds, in nats; 0: not known. Nothing is found in records that no rule can read.
TrialFindings findings_of(const Trial& trial, double sigma);

// A run that would settle it.
struct NextRun {
  std::string what;
  double steps = 0;  // to be trained
  double cost = 0;   // of one full run
};

struct TrialClass {
  Workload label = Workload::ambiguous;
  Interval gain = {};        // E1, nats
  Interval train_gain = {};  // of the training loss, where it was recorded
  double final_loss = 0, eps = 0;
  double epochs = 0;  // 0: not known
  std::vector<Evidence> evidence;
  std::vector<std::string> warnings;
  std::vector<std::string> reasons;  // why AMBIGUOUS
  std::optional<NextRun> next;       // for AMBIGUOUS
};

// DataError when the trial's records cannot carry it (run_curve.h).
TrialClass classify_trial(const Trial& trial, const TrialFindings& findings,
                          const ClassifyOptions& options = {});
NextRun cheapest_run(const Trial& trial);

// Over the best quarter of a study's feasible trials (at least 3, as far as there are): the label
// that 75 % of them have, else that of their means, else AMBIGUOUS.
struct StudyClass {
  Workload label = Workload::ambiguous;
  bool by_means = false;             // the label is that of the means
  TrialClass means;                  // of the best trials and those within eps of the best one
  std::vector<size_t> trials;        // indices into study.trials, best first
  std::vector<TrialClass> classes;   // of these
  std::vector<std::string> skipped;  // trials whose records cannot carry it, with the reason
  Verdict verdict;
};
// findings[i] belongs to study.trials[i]. Label INSUFFICIENT when no trial can be classified.
StudyClass classify_study(const Study& study, std::span<const TrialFindings> findings,
                          const ClassifyOptions& options = {});
// The verdict of one trial alone, which says so.
Verdict to_verdict(const TrialClass& trial, const std::string& name);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Workload> {
  using E = plan::Workload;
  static constexpr auto names = enum_names<E>({{E::compute_bound, "COMPUTE_BOUND"},
                                               {E::saturated, "SATURATED"},
                                               {E::overfitting, "OVERFITTING"},
                                               {E::ambiguous, "AMBIGUOUS"},
                                               {E::unstable, "UNSTABLE"}});
};
