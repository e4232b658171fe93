// The built-in trainer behind a study: its fields are the names that a space may use, and a trial
// is its base configuration with a few fields set. Test: tests/study/study_directory_test.cpp.
#pragma once

#include <filesystem>

#include "coldstart/study/spec.h"
#include "coldstart/train/config.h"

namespace coldstart::study {

// The configuration that spec.config names, a file, seen from `directory`, or a preset, with
// spec.set.
train::RunConfig base_config(const Spec& spec, const std::filesystem::path& directory);

// Gives every hyperparameter its full name ("lr" is optimizer.lr), marks whole numbers, and takes
// max_steps from the configuration when the specification does not say it. ConfigError for a name
// that is no field (with the nearest), a value that the field refuses, and fields that belong to
// the study: train.steps (TD-09), train.seed, train.out, train.threads.
void fit_to_trainer(Spec& spec, train::RunConfig base);

// The configuration of one trial, without place and number of threads.
train::RunConfig trial_config(const Spec& spec, train::RunConfig base, const Values& values,
                              int64_t seed);

}  // namespace coldstart::study
