// The first max_train_steps, from a sweep over constant learning rates: what a recorded sweep says.
//
//   hit_i   first step from which the fit criterion holds in 3 evaluations in a row
//   answer  the smallest hit over feasible rates, in (evaluation before it, hit]
// It is accepted only with a slower feasible rate on both sides; the fastest rate at the top edge
// asks for higher ones until they are infeasible (EDGE_OF_STABILITY), at the bottom for lower ones,
// at most four times (REJECTED_BOUNDARY). No hit at all: NOT_FITTABLE, and no number is made up.
// Playbook LS-01 to LS-06 (L1234-1251), TD-14. Test: tests/plan/lr_sweep_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// "train_loss<0.05" (also <=): on the training probe. ConfigError for anything else.
struct FitCriterion {
  double loss = 0;
  bool holds(double train_loss) const { return train_loss <= loss; }
};
FitCriterion parse_fit(std::string_view text);

struct SweepRate {
  double lr = 0;
  bool feasible = false;
  std::optional<int64_t> hit = {};
  int64_t before = 0;  // evaluation before the hit; 0: none
  int64_t last = 0;    // last evaluation
  std::string trial = {};
};

struct LrSweep {
  Verdict verdict;  // label START, NOT_FITTABLE, REJECTED_BOUNDARY, EDGE_OF_STABILITY, EXTEND,
                    // INSUFFICIENT
  std::optional<int64_t> steps;   // the start value; with EXTEND none
  int64_t before = 0, after = 0;  // the interval it is from
  double best_lr = 0;
  std::vector<double> more;      // rates to run next
  std::vector<SweepRate> rates;  // by rate; of several seeds the slowest hit
};

struct LrSweepOptions {
  FitCriterion fit;
  int extensions = 0;  // made already
  int most_extensions = 4;
  double ratio = 3.1622776601683795;  // between neighbouring rates
};

// A learning rate of a trial: from its schedule, or else the highest recorded. DataError: none.
double sweep_lr(const Trial& trial);
LrSweep judge_sweep(std::span<const Trial> trials, const LrSweepOptions& options);

}  // namespace coldstart::plan
