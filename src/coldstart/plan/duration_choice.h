// Is a longer run safe, and which of several lengths to take: when in doubt, the longer one.
//
// Playbook L1188-1193: long enough for the best result without gross waste, and extra steps do no
// harm when the best checkpoint is picked afterwards from frequent ones. The interval of 1/20 of
// the run is ours. Test: tests/plan/duration_choice_test.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// TD-08: may one say "longer does no harm"? Only where checkpoints are kept by their value and
// often enough: every length/20 steps. E-NO-RETRO otherwise.
Verdict longer_is_safe(bool keeps_best, int64_t save_every, int64_t length);

// TD-07: of candidate lengths with the value of each (lower is better), the longest whose interval
// reaches that of the best one.
struct LengthCandidate {
  int64_t steps = 0;
  Interval value;
};
int64_t choose_length(const std::vector<LengthCandidate>& candidates);

}  // namespace coldstart::plan
