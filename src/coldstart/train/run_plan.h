// What a run will cost, known before anything is allocated: FLOPs, memory, and the start-up table.
// Also all that --dry-run prints. Test: tests/train/run_plan_test.cpp.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "coldstart/data/source.h"
#include "coldstart/train/config.h"
#include "coldstart/train/environment.h"
#include "coldstart/train/memory_table.h"
#include "coldstart/train/observer.h"

namespace coldstart::train {

// Every large block of memory of a run; what is read through the page cache (the data) is not one.
MemoryTable memory_of(const ResolvedConfig& config);

// About what a run leaves on the disk: the checkpoints that are kept, and a kilobyte of records a
// step.
int64_t disk_bytes_of(const ResolvedConfig& config);

double total_flops(const ResolvedConfig& config);

// What training reaches of the machine's peak before anything was timed, for the estimate below:
// the middle of what the presets reach (docs/performance.md).
inline constexpr double kAssumedFractionOfPeak = 0.4;

// Seconds of training at that fraction; evaluations and checkpoints come on top.
double estimated_train_s(double flops, double peak_gflops);

// peak_gflops 0: not measured.
RunFacts describe_run(const ResolvedConfig& config, const data::Source& data,
                      const Environment& environment, double peak_gflops, int64_t first_step);

}  // namespace coldstart::train
