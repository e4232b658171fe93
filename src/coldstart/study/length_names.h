// Names under which programs keep the length of training. Playbook TD-09: the number of steps is
// no hyperparameter of a study; trials of different lengths cannot be compared.
// Test: tests/study/spec_errors_test.cpp.
#pragma once

#include <string_view>

namespace coldstart::study {

bool names_length(std::string_view hyperparameter);  // "train.steps", "num_epochs", "--max-tokens"

}  // namespace coldstart::study
