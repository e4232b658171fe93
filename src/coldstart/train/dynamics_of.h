// Which theory of equilibrium belongs to an optimizer's options (metrics/dynamics.h).
// Test: tests/train/dynamics_of_test.cpp.
#pragma once

#include <optional>

#include "coldstart/metrics/dynamics.h"
#include "coldstart/train/config.h"

namespace coldstart::train {

// For resolved options. Nothing where the equilibrium is not known: muon, schedule-free, cautious
// updates, weights of fixed norm (hyperball), a user's own optimizer. Rotational parameters have
// their own angle whatever this says; for the matrices that a rotational optimizer leaves out it is
// that of the optimizer inside.
std::optional<metrics::Dynamics> dynamics_of(const optim::OptimizerOptions& options);
// The same of a resolved run: nothing too where a trust ratio or a ramp of the decay is at work.
std::optional<metrics::Dynamics> dynamics_of(const RunConfig& config);

}  // namespace coldstart::train
