// What a cooldown brought: the verdict on a branch that left a trunk at a constant rate and
// decayed.
//
// Its best evaluation is what a run of that length gives; the trunk's own loss at the same step is
// not, because its rate was never lowered (design, 6.1 E8; playbook SX-05).
// Test: tests/plan/cooled_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// branch: finished or diverged, with evaluations from step `from` on. trunk: for its loss at the
// branch's last step, where it went that far. Labels COOLED, UNSTABLE, INSUFFICIENT.
Verdict judge_cooldown(const Trial& trunk, const Trial& branch, int64_t from);

}  // namespace coldstart::plan
