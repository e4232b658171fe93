// What a run directory of the built-in trainer says about a trial: its schedule, and what it must
// share with another to be compared. Test: tests/study/load_test.cpp.
#pragma once

#include <filesystem>

#include "coldstart/plan/trial.h"

namespace coldstart::study {

// Fills schedule, planned_steps, unique_tokens, vocab and conditions; leaves what is not there.
void describe_built_in(const std::filesystem::path& run, plan::Trial& trial);

}  // namespace coldstart::study
