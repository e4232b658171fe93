// One run from beginning to end: configuration -> data -> memory check -> run directory -> trainer.
//
// Three ways to begin: from step 0 in a new directory, at the last checkpoint of an existing one
// (resume: exactly the same run goes on), or in a new directory at a checkpoint of another run
// (branch: same weights, moments and data position, another schedule).
// Tests: tests/train/run_test.cpp, tests/e2e/.
#pragma once

#include <filesystem>
#include <memory>

#include "coldstart/core/clock.h"
#include "coldstart/data/source.h"
#include "coldstart/train/config.h"
#include "coldstart/train/observer.h"

namespace coldstart::train {

struct RunRequest {
  RunConfig config;
  bool resume = false;                // the run in config.train.out
  std::filesystem::path branch_from;  // a checkpoint, or a run whose last one is meant
  double time_limit_s = 0;            // 0: none
  bool measure_peak = false;          // takes 0.1 s; the console then knows percent of peak
  Clock clock = now_s;                // of the limit, and of the times that are recorded
};

// Throws Error for what stands in the way; divergence, signals and the time limit are outcomes.
RunResult run_training(const RunRequest& request, kernels::Kernels& kernels, RunObserver& observer);

// --dry-run: everything up to the first allocation. `reasons` are the derived values in words.
struct DryRun {
  RunFacts facts;
  std::vector<std::string> reasons;
  std::string config_toml;
};
DryRun dry_run(const RunRequest& request, const kernels::Kernels& kernels);

// The data of a configuration. Text is prepared on the first use, into .data/ beside the run
// directories, and found there by every later run on the same text.
std::unique_ptr<const data::Source> open_data(const RunConfig& config);

// The configuration of a run directory, and of a checkpoint.
RunConfig config_of_run(const std::filesystem::path& run);
RunConfig config_of_checkpoint(const std::filesystem::path& checkpoint);

}  // namespace coldstart::train
