// How fast validation and training loss part: slope of val - train against log2(step) over the last
// 30 % of a run, in nats per doubling.
//
// Neighbouring evaluations are alike, so the standard error is Newey and West's (1987), with
// Bartlett weights up to lag n^(1/3); the interval is +/- two of them. Test:
// tests/plan/gap_growth_test.cpp.
#pragma once

#include <optional>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// Nothing without training losses in evaluation mode, or with fewer than 8 evaluations there.
std::optional<Interval> gap_growth(const Trial& trial);

}  // namespace coldstart::plan
