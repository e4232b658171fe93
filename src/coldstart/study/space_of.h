// The [[space]] and [[trial]] tables of a specification.
// Tests: tests/study/spec_test.cpp, tests/study/spec_errors_test.cpp.
#pragma once

#include <vector>

#include "coldstart/study/spec.h"
#include "coldstart/study/toml_table.h"

namespace coldstart::study {

// ConfigError for a role, scale or range that is missing, empty, inverted, or (log, logit) does not
// lie where the scale is defined; for a length of training; for a parent that is not there.
std::vector<Axis> space_of(TomlTable& study);

// ConfigError unless each trial gives every hyperparameter that exists in it, within its range, and
// no two trials are the same.
std::vector<Values> lists_of(TomlTable& study, const std::vector<Axis>& space);

// ConfigError for a number without levels.
void check_grid(const TomlTable& study, const std::vector<Axis>& space);

bool is_varied(const Axis& axis);

}  // namespace coldstart::study
