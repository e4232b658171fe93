// What the table [model] means for a classifier, and what makes no sense for one kind of model or
// the other. Part of resolve(). Test: tests/train/classifier_run_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/data/source.h"
#include "coldstart/train/config.h"

namespace coldstart::train {

// Closes what is open in config.model, with a reason each. ConfigError for options that only a GPT
// has, and for what does not fit the data.
model::ClassifierConfig resolve_classifier(RunConfig& config, const data::Facts& facts,
                                           std::vector<std::string>& reasons);

// ConfigError when a GPT is given what only a classifier has.
void refuse_classifier_options(const RunConfig& config);

}  // namespace coldstart::train
