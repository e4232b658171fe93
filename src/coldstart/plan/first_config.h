// Is a configuration good enough to begin with? It has to be much better than chance: below
// ln(vocab) - 1 nat in its best evaluation.
//
// Playbook IC-01 (L390-413); the nat is ours. Test: tests/plan/first_config_test.cpp.
#pragma once

#include <optional>
#include <string>

#include "coldstart/plan/trial.h"

namespace coldstart::plan {

// A sentence when it is not; nothing when it is, or when vocabulary or loss are not known.
std::optional<std::string> hardly_better_than_chance(const Trial& trial);

}  // namespace coldstart::plan
