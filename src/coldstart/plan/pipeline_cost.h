// What a pipeline of cooled rungs costs before it is run: the length of every rung, how many ideas
// reach it at most, and the steps they make.
//
// Playbook SX-04 (lengths that grow exponentially); trunks are shared from rung to rung.
// Test: tests/plan/pipeline_cost_test.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "coldstart/plan/rungs.h"

namespace coldstart::plan {

struct RungCost {
  int rung = 1;
  int64_t length = 0;              // steps of a run, its cooldown included
  int64_t from = 0, trunk_to = 0;  // the trunk's part that is new, the rest is the cooldown
  int64_t runs = 0;                // the baseline, as many ideas as can be there, and a control
  int64_t steps = 0;               // of all of them
};

// ConfigError as rung_tasks(), and for no idea.
std::vector<RungCost> pipeline_cost(const RungOptions& options, int64_t ideas);

}  // namespace coldstart::plan
