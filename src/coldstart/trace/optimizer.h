// Trace of an optimizer: a given sequence of gradients in, every weight after every step out, so
// that any other implementation can be held against this one.
//
// W holds named tensors, G holds `<name>.<step>` for each of them, with the same steps from 0 or 1
// on. The result holds `<name>.<step>` after each step, in the layout of W, and per parameter the
// scalars of every step as one vector each (docs/formats.md). The reference kernels run where W is
// F64, the CPU kernels where it is F32. What does not fit together is a DataError before anything
// is written. Tests: tests/trace/optimizer_test.cpp, tests/e2e/trace_optimizer_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/train/config.h"

namespace coldstart::trace {

struct TraceOptimizerRequest {
  std::filesystem::path weights, gradients, out;
  std::filesystem::path
      roles;  // TOML of "name" = "role" (trace_layout.h); empty: by name and shape
  optim::OptimizerOptions optimizer;
  schedule::ScheduleOptions schedule;  // over the steps of G; lr is the peak

  TraceOptimizerRequest() { schedule.shape = schedule::Shape::constant; }
  FieldList fields();  // "optimizer" and "schedule"; refers to this object
};

struct TraceOptimizerResult {
  int64_t steps = 0;
  size_t tensors = 0;
  std::string optimizer, kernels;
  std::vector<std::string> groups;  // optim::describe_groups
};

TraceOptimizerResult trace_optimizer(const TraceOptimizerRequest& request);

}  // namespace coldstart::trace
