// --plan-only: what the autopilot would do, phase by phase, with the share of the steps that each
// phase has. It chooses the model as a real run does, so it takes as long as that, and counts on
// the speed that it finds; a real run shares out what is left once its own steps were timed.
// Test: tests/tune/plan_only_test.cpp.
#pragma once

#include <string>

#include "coldstart/kernels/kernels.h"
#include "coldstart/tune/work.h"

namespace coldstart::tune {

// Writes nothing. ConfigError as for a real run: a text that cannot be read, too small a budget.
std::string describe_plan(const TuneOptions& options, kernels::Kernels& kernels);

}  // namespace coldstart::tune
