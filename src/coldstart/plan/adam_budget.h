// Which of Adam's hyperparameters to tune with so many trials.
//
// Playbook L1645-1661 (AM-01): below 10 trials the learning rate alone, 10 to 25 also beta1, from
// 25 on also epsilon, with substantially more also beta2. That "substantially more" begins at 50 is
// ours. Test: tests/plan/adam_budget_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coldstart::plan {

std::vector<std::string> adam_hyperparameters(int64_t trials);  // "lr", "beta1", "epsilon", "beta2"

}  // namespace coldstart::plan
