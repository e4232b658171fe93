// What the probes of stability say: short runs above the best rate (ST-04), and the first steps
// looked at one by one (ST-06).
//
// Playbook L1832-1841, L1895-1901. Test: tests/plan/stability_probes_test.cpp.
#pragma once

#include <vector>

#include "coldstart/plan/stability.h"

namespace coldstart::plan {

// The report of a sweep with what was seen at 2, 5 and 10 times its best rate: a line each, the
// unstable rate where one of them is lower, and UNSTABLE_ABOVE_BEST where the sweep saw nothing.
void add_probes(SweepReport& report, std::vector<LrTrial> probes);

// A run of early_probe(): KEEP, UNSTABLE_ABOVE_BEST for a rise that the run recovers from, or
// SUSTAINED. Looks at the training loss and, where every step was evaluated, at the validation
// loss.
Verdict judge_early(const Trial& trial);

}  // namespace coldstart::plan
