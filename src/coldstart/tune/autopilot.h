// The autopilot: from a text and a budget to the best GPT that this machine can train on it, with
// the evidence for every decision on the way.
//
//   measure -> rates -> warmup -> workload -> round 1 -> round 2 -> choice -> page
// It continues where it was: what stands in the journal of its directory is not done again, and the
// budget counts the time of all sittings. Playbook chapter "Determining the number of steps";
// design 6.15. Tests: tests/tune/autopilot_test.cpp, tests/e2e/tune_test.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/report/input.h"
#include "coldstart/tune/observer.h"
#include "coldstart/tune/work.h"

namespace coldstart::tune {

struct TuneResult {
  int signal = 0;      // what stopped it; 0: it came to an end
  bool learns = true;  // false: ended early, nothing trains here
  Cost spent = {};
  std::filesystem::path model, page, summary;
  double test_loss = 0, test_bits_per_byte = 0;
  std::string sample;
  std::vector<Decision> decisions;  // all of them, in order

  int exit_code() const;
};

// ConfigError when the directory belongs to another text, budget or model, or when the budget is
// too small for any run. started_s: when the program began, by the clock.
TuneResult run_tune(const TuneOptions& options, kernels::Kernels& kernels, TuneObserver& observer,
                    double started_s, const Clock& clock = now_s);

}  // namespace coldstart::tune
