// The built-in optimizers, for the registry.
#pragma once

#include <vector>

#include "coldstart/optim/registry.h"

namespace coldstart::optim {

std::vector<OptimizerEntry> builtin_optimizers();

}  // namespace coldstart::optim
