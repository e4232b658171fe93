// What the figures ask of a study: the result of a trial, who is best, who is flagged, what varies.
// Test: tests/report/figures_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/report/input.h"

namespace coldstart::report {

// Best evaluation of a trial (playbook: the result is the best checkpoint in retrospect), in the
// user's direction; nothing when it is infeasible or has no finite evaluation.
struct Result {
  double value = 0;
  int64_t step = 0;
};
std::optional<Result> result_of(const plan::Study& study, const plan::Trial& trial);
// A recorded value as the user counts it: the columns of a maximised metric hold its negative.
double shown(const plan::Study& study, double value);

// Indices of trials with a result, best first; of running ones too, which the planner leaves out.
std::vector<size_t> ranked(const plan::Study& study);

// Trials whose curves have to be looked at, with the reasons.
struct Flagged {
  size_t trial = 0;
  std::vector<std::string> reasons;
};
std::vector<Flagged> flagged_trials(const Input& input);

// A hyperparameter as the figures see it.
struct Knob {
  std::string name;
  bool numeric = false;  // every value is a number
  bool log = false;      // its scale, or more than a decade between positive values
  plan::Role role = plan::Role::nuisance;
  std::vector<std::string> levels;  // the different values, numbers in order
};
std::vector<Knob> varied_knobs(const plan::Study& study);  // with two values or more

// The name of the hyperparameter of that kind; empty when there is none. Kinds come from the
// space, else from the usual names (optimizer.lr, schedule.warmup, optimizer.name).
std::string knob_of_kind(const plan::Study& study, plan::Kind kind);
std::optional<std::string> value_of(const plan::Trial& trial, const std::string& name);
std::optional<double> number_of(const plan::Trial& trial, const std::string& name);

// "trial 7 (lr 0.003, adamw)": name and what varies; runs keep their own names.
std::string label_of(const std::vector<Knob>& varied, const plan::Trial& trial);

}  // namespace coldstart::report
