#include "coldstart/plan/adam_budget.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"

namespace coldstart::plan {

std::vector<std::string> adam_hyperparameters(int64_t trials) {
  constexpr int64_t kBeta1 = 10, kEpsilon = 25, kBeta2 = 50;
  if (trials < 1)
    throw ConfigError("trials", fmt::format("got {}, expected 1 or more", trials),
                      "a study needs a trial");
  std::vector<std::string> names = {"lr"};
  if (trials >= kBeta1) names.emplace_back("beta1");
  if (trials >= kEpsilon) names.emplace_back("epsilon");
  if (trials >= kBeta2) names.emplace_back("beta2");
  return names;
}

}  // namespace coldstart::plan
