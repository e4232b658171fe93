// The gain of doubling a run's steps, predicted from that run alone: one column of its losses under
// the annealing law, the schedule extended by its own family's rule (schedule/extend.h).
// Test: tests/plan/classify_test.cpp.
#pragma once

#include <span>
#include <vector>

#include "coldstart/plan/run_curve.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// One fit of the law, and what it says.
struct GainFit {
  double drop = 0, lambda = 0;
  double gain = 0, se = 0;  // nats, loss(T) - loss(2T); its standard error
};

struct DoublingGain {
  Interval gain;          // over all fits, each widened by what one curve leaves open
  double final_loss = 0;  // mean of the last three records
  double last_step = 0;   // T
  std::vector<GainFit> fits = {};
  size_t point = 0;  // the fit in the middle of the interval
};

// DataError: see run_curve(), or a schedule of a family that does not extend.
DoublingGain gain_of_doubling(const Trial& trial, LossColumn column);

// The mean gain of several trials of one study: every fit of the law averaged over them, its
// standard error smaller by the root of their number, but not smaller than their scatter allows.
// What the law leaves open is the same for all of them, and stays. Trials with other fits than the
// first (evaluated at other steps) are left out.
DoublingGain mean_gain(std::span<const DoublingGain> trials);

}  // namespace coldstart::plan
