// How fast this machine trains a model: a few steps on random tokens, timed.
// Test: tests/tune/autopilot_test.cpp.
#pragma once

#include "coldstart/kernels/kernels.h"
#include "coldstart/train/config.h"

namespace coldstart::tune {

// Tokens a second at the median step, after steps that are not timed; takes about `seconds`.
double training_speed(const train::RunConfig& config, int64_t vocab, kernels::Kernels& kernels,
                      double seconds);

}  // namespace coldstart::tune
