// The autopilot from the command line: what `tune` and `demo` share.
// Tests: tests/e2e/tune_test.cpp.
#pragma once

#include <cstdint>
#include <string>

namespace coldstart::app {

struct TuneFlags {
  std::string text, budget, out, model, prompt;
  int64_t seed = 1, threads = 0;
  bool plan_only = false, json = false, quiet = false;
};

// Runs it, prints the result, and gives the exit status. started_s: when the program began.
int run_tune(const TuneFlags& flags, double started_s);

// Directory of the autopilot: --out, or runs/tune-NAME.
std::string tune_directory(const TuneFlags& flags);

}  // namespace coldstart::app
