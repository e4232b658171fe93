// What the page is drawn from: every trial as one curve, every decision as a verdict.
// Test: tests/tune/autopilot_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/report/input.h"
#include "coldstart/tune/trials.h"
#include "coldstart/tune/work.h"

namespace coldstart::tune {

// made_by: version and commit of the program.
report::Input page_input(const Work& work, const std::vector<Trial>& trials,
                         const std::string& made_by);

}  // namespace coldstart::tune
