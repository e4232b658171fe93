// The objective of a trial, and trials in the order of it.
//
// A trial's result is its best evaluation: that checkpoint is the one that is kept (playbook
// L861-863, L1510-1526). The last value and the mean of the last few are there for comparison, and
// can be asked for afterwards, because the curves are kept (QR-02).
// Test: tests/plan/objective_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/trial.h"

namespace coldstart::plan {

enum class Objective : uint8_t { best, final, last_mean };  // last_mean: of the last 5 evaluations

struct Result {
  double value = 0;
  int64_t step = 0;  // of the evaluation; the last one for the mean
};
// Nothing when there is no finite evaluation.
std::optional<Result> objective_of(const Trial& trial, Objective objective = Objective::best);

struct Ranked {
  size_t trial = 0;  // index into study.trials
  double value = 0;
  int64_t step = 0;
};
// The finished, feasible trials of the study's length, best first; ties in the order of trials.
std::vector<Ranked> ranked_trials(const Study& study, Objective objective = Objective::best);
// The best quarter of them, at least `fewest` (all when there are fewer).
std::vector<Ranked> top_quartile(const std::vector<Ranked>& ranked, size_t fewest = 3);

// Steps a trial was planned for; where that is not known, those it made.
int64_t trial_length(const Trial& trial);
// The study's, or the commonest of its trials (the larger of two that are as common).
int64_t study_length(const Study& study);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Objective> {
  using E = plan::Objective;
  static constexpr auto names =
      enum_names<E>({{E::best, "best"}, {E::final, "final"}, {E::last_mean, "last_mean"}});
};
