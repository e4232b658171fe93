// What a run ran on, and the sources of its gradient variance: env.json of the run directory, and
// the machine line of the start-up table.
// Test: tests/train/environment_test.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "coldstart/kernels/kernels.h"
#include "coldstart/train/variance_sources.h"

namespace coldstart::train {

struct Environment {
  std::string commit;    // of the source tree at build time, "unknown" outside git
  std::string compiler;  // "GCC 12.2.0"
  std::string cpu;       // model name of the first processor
  std::string kernels;   // instruction set and BLAS in use: Kernels::name()
  std::string host;
  int cores = 0;    // logical processors this process may use
  int threads = 0;  // used by the run
  int64_t memory_bytes = 0;
};

Environment describe_environment(const kernels::Kernels& kernels);
// Pretty-printed; "gradient_variance": {"train.batch_tokens": 4096, ...}.
std::string environment_json(const Environment& environment,
                             const std::vector<VarianceSource>& sources);

}  // namespace coldstart::train
