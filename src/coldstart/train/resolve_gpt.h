// What the table [model] means for a GPT. Part of resolve(). Test: tests/train/config_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/data/source.h"
#include "coldstart/train/config.h"

namespace coldstart::train {

// Closes what is open in the options, with a reason each. ConfigError for a vocabulary that is
// smaller than that of the data.
model::GptConfig resolve_gpt(ModelOptions& options, const data::Facts& facts,
                             std::vector<std::string>& reasons);

}  // namespace coldstart::train
