// A probe: one run of the built-in trainer in this process, made to answer a question of the
// planner.
//
// Its directory is its memory. Asked for again, a run that has ended is only read, and one that was
// interrupted goes on where it stood; so a verb that consists of probes is stopped and started
// again at will. Test: tests/study/probe_test.cpp.
#pragma once

#include <filesystem>
#include <string>

#include "coldstart/plan/trial.h"
#include "coldstart/train/observer.h"
#include "coldstart/train/run.h"

namespace coldstart::study {

struct Probe {
  std::string label;                       // what it is, for who watches: "warmup 10, lr 0.3"
  std::filesystem::path directory;         // of the run
  train::RunConfig config;                 // whatever its `out` says
  std::filesystem::path branch_from = {};  // a checkpoint, or a run whose last one is meant
};

struct ProbeEnd {
  plan::Trial trial = {};  // empty when it was stopped by a signal
  int signal = 0;          // that stopped it; 0: it is over, finished or diverged
};

// ConfigError when the directory holds a run of another configuration; else as run_training().
ProbeEnd run_probe(const Probe& probe, kernels::Kernels& kernels, train::RunObserver& observer);

// The configuration of a probe of which only the records count.
train::RunConfig without_checkpoints(train::RunConfig config);

// Whether it has been run to its end, without running anything.
bool is_over(const std::filesystem::path& run);

}  // namespace coldstart::study
