// The law of decayed endpoints: where fully cooled runs of growing length end.
//
//   v_end(T) = E + B T^-b
// Needs no learning rate, only runs that differ in length alone: at least four of them, over at
// least a factor of four in steps (Haegele et al. 2024 measure them as branches of one trunk).
// Test: tests/plan/endpoint_law_test.cpp.
#pragma once

#include <span>

#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct Endpoint {
  double steps = 0, loss = 0;
};

struct EndpointLaw {
  double E = 0, B = 0, b = 0;
  double spread = 0;  // standard deviation of the residuals of log loss
  double loss(double steps) const;
};

inline constexpr size_t kMinEndpoints = 4;
inline constexpr double kMinEndpointRange = 4;

// DataError with fewer, over a smaller range, or when they do not fall with length.
EndpointLaw fit_endpoints(std::span<const Endpoint> endpoints);
// Loss at `steps` with the range over leaving out one endpoint at a time; refuses (DataError) more
// than 4x the longest.
Interval predict_endpoint(std::span<const Endpoint> endpoints, double steps);

}  // namespace coldstart::plan
