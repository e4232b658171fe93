// Periodicity: does the validation loss swing with a fixed period?
//
// That can mean that training and validation data overlap, or that the training data is not
// shuffled (playbook L1456-1460, EV-04). The trend is taken off by a moving mean, a sine and a
// cosine of the period are fitted, and what they explain is held against what those of neighbouring
// periods explain (by F), so that noise which is stronger at long periods is no swing. Below 3
// periods or 4 evaluations a period nothing can be said. The level (1 in 1,000, over all periods
// that are tried) is ours.
// Test: tests/plan/periodicity_test.cpp.
#pragma once

#include <cstdint>
#include <optional>

#include "coldstart/plan/series.h"

namespace coldstart::plan {

struct Periodicity {
  double period = 0;     // steps
  double amplitude = 0;  // of the metric
  double p = 1;          // chance of as strong a swing without one
};

// period: the one to test, such as an epoch; 0: any between 3 a run and 4 evaluations. Nothing when
// there is no significant swing.
std::optional<Periodicity> find_periodicity(const Curve& curve, double period = 0);

}  // namespace coldstart::plan
