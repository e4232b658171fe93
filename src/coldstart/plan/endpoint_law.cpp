#include "coldstart/plan/endpoint_law.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/plan/fit.h"

namespace coldstart::plan {

namespace {

void check(std::span<const Endpoint> endpoints) {
  if (endpoints.size() < kMinEndpoints)
    throw DataError(
        "endpoints",
        fmt::format("{} cooled runs; expected at least {}", endpoints.size(), kMinEndpoints),
        "branch more cooldowns off the trunk");
  const auto [shortest, longest] = std::ranges::minmax_element(endpoints, {}, &Endpoint::steps);
  if (!(shortest->steps > 0) || !(longest->steps >= kMinEndpointRange * shortest->steps))
    throw DataError("endpoints",
                    fmt::format("lengths of {} to {} steps; expected a factor of {}",
                                shortest->steps, longest->steps, kMinEndpointRange),
                    "cool down earlier and later");
  if (!(longest->loss < shortest->loss))
    throw DataError("endpoints", "the longest run is no better than the shortest",
                    "more steps bring nothing here: see steps classify");
}

EndpointLaw fit_some(std::span<const Endpoint> endpoints) {
  FitProblem problem;
  double longest = 0;
  for (const Endpoint& e : endpoints) {
    problem.y.push_back(e.loss);
    problem.weight.push_back(1);
    longest = std::max(longest, e.steps);
  }
  problem.columns = 2;
  problem.theta = {{.lo = 0.05, .hi = 2}};
  problem.starts = {{0.3}, {1}};
  problem.basis = [&](std::span<const double> theta, std::span<double> x) {
    for (size_t i = 0; i < endpoints.size(); ++i) {
      x[2 * i] = 1;
      x[2 * i + 1] = std::pow(endpoints[i].steps / longest, -theta[0]);
    }
  };
  const FitResult result = fit(problem);
  EndpointLaw law{.E = result.linear[0],
                  .B = result.linear[1] * std::pow(longest, result.theta[0]),
                  .b = result.theta[0]};
  double sum = 0;
  for (size_t i = 0; i < problem.y.size(); ++i) {
    const double r = std::log(problem.y[i] / result.fitted[i]);
    sum += r * r;
  }
  law.spread = std::sqrt(sum / static_cast<double>(problem.y.size()));
  return law;
}

}  // namespace

double EndpointLaw::loss(double steps) const { return E + B * std::pow(steps, -b); }

EndpointLaw fit_endpoints(std::span<const Endpoint> endpoints) {
  check(endpoints);
  return fit_some(endpoints);
}

Interval predict_endpoint(std::span<const Endpoint> endpoints, double steps) {
  const EndpointLaw law = fit_endpoints(endpoints);
  const double longest = std::ranges::max_element(endpoints, {}, &Endpoint::steps)->steps;
  constexpr double kReach = 4;
  if (steps > kReach * longest)
    throw DataError(
        "endpoints",
        fmt::format("{:.3g}x the longest run; expected at most {}x", steps / longest, kReach), "");
  Interval range{law.loss(steps), law.loss(steps), law.loss(steps)};
  // Three parameters need four points: with no more than that, the spread has to do.
  for (size_t left_out = 0; endpoints.size() > kMinEndpoints && left_out < endpoints.size();
       ++left_out) {
    std::vector<Endpoint> others(endpoints.begin(), endpoints.end());
    others.erase(others.begin() + static_cast<ptrdiff_t>(left_out));
    const double loss = fit_some(others).loss(steps);
    range.lo = std::min(range.lo, loss);
    range.hi = std::max(range.hi, loss);
  }
  constexpr double kFloor = 0.005;
  const double half = std::max(kFloor, 2 * law.spread) * range.mid;
  return {range.lo - half, range.mid, range.hi + half};
}

}  // namespace coldstart::plan
