// The schedule of a run from its configuration: lengths become steps once, here.
// Test: tests/train/resolve_schedule_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/train/config.h"

namespace coldstart::train {

// The optimizer's options must be resolved. Lengths in tokens and epochs are replaced by steps in
// config; a share stays one, of whatever train.steps a continued run has. data_tokens 0: unknown.
schedule::Schedule resolve_schedule(RunConfig& config, int64_t data_tokens,
                                    std::vector<std::string>& reasons);

}  // namespace coldstart::train
