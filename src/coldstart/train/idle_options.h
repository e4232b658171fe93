// Options that were changed and yet do nothing in this run: that is said, not passed over in
// silence. Part of resolve(). Test: tests/train/config_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/train/config.h"

namespace coldstart::train {

// A sentence each: "cooldown 0.3 has no effect: shape = cosine".
std::vector<std::string> idle_options(const ResolvedConfig& config);

}  // namespace coldstart::train
