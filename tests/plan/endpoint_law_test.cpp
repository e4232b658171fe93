#include "coldstart/plan/endpoint_law.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

std::vector<Endpoint> endpoints(std::initializer_list<double> steps) {
  std::vector<Endpoint> result;
  for (const double T : steps) result.push_back({T, 2.5 + 30 * std::pow(T, -0.4)});
  return result;
}

TEST(EndpointLaw, FindsTheLawAndPredicts) {
  const auto ends = endpoints({2000, 4000, 8000, 16'000});
  const EndpointLaw law = fit_endpoints(ends);
  EXPECT_NEAR(law.E, 2.5, 0.01);
  EXPECT_NEAR(law.b, 0.4, 0.01);
  const Interval p = predict_endpoint(ends, 48'000);
  EXPECT_NEAR(p.mid, 2.5 + 30 * std::pow(48'000, -0.4), 0.005);
  EXPECT_LE(p.lo, p.mid * 0.996);
}

TEST(EndpointLaw, RefusesFewerThanFourAFactorBelowFourAndFartherThanFourTimes) {
  EXPECT_THROW(fit_endpoints(endpoints({2000, 4000, 16'000})), DataError);
  EXPECT_THROW(fit_endpoints(endpoints({4000, 5000, 8000, 12'000})), DataError);
  EXPECT_THROW(predict_endpoint(endpoints({2000, 4000, 8000, 16'000}), 65'000), DataError);
  auto rising = endpoints({2000, 4000, 8000, 16'000});
  rising[3].loss = 9;
  EXPECT_THROW(fit_endpoints(rising), DataError);
}

}  // namespace
}  // namespace coldstart::plan
