// summary.md: every decision with its evidence, its cost and its caveats, and the commands that
// repeat it by hand. Test: tests/tune/summary_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/tune/decision.h"

namespace coldstart::tune {

struct SummaryHead {
  std::string command;  // as it was asked, for a shell
  Cost spent;
  std::string sample;  // what the model writes; empty: none
};

std::string summary_markdown(const SummaryHead& head, const std::vector<Decision>& decisions);

}  // namespace coldstart::tune
