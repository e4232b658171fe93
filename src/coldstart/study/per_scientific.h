// One study for each value of the scientific hyperparameter, with equal budgets: the nuisances are
// tuned in each, and the best of each are compared.
//
// Playbook SD-07 (L708-737). Test: tests/study/per_scientific_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/study/spec.h"

namespace coldstart::study {

struct NamedSpec {
  std::string name;  // the value, as part of a file name: "lion_ar"
  Spec spec;
};

// In the order of its choices, or of its levels. The value is fixed in each; hyperparameters that
// exist under another value are left out. ConfigError unless exactly one hyperparameter is
// scientific and varied and its values can be told (choices, or a number with levels), and for a
// list of trials.
std::vector<NamedSpec> per_scientific(const Spec& spec);

}  // namespace coldstart::study
