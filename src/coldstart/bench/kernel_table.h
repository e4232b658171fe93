// Where a training step's time goes: each kernel's GFLOPS and GB/s, beside the machine's ceilings,
// and its share of the step.
//
// The steps are those of bench_train, run through kernels::TimedKernels; what no kernel accounts
// for (the optimizer's bookkeeping, random batches, clocks) is the row "other". Test:
// tests/bench/train_bench_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/bench/train_bench.h"

namespace coldstart::bench {

struct KernelRow {
  std::string name;
  double calls_per_step = 0;
  double ms_per_step = 0;
  double share = 0;   // of the step
  double gflops = 0;  // 0 where no multiplications are counted
  double gbytes_per_s = 0;
};

struct KernelTable {
  std::vector<KernelRow> rows;  // largest share first; "other" last
  double step_ms = 0;
  double peak_gflops = 0, triad_gbs = 0;
  std::string kernels;
  int threads = 0;
};

KernelTable bench_kernels(const TrainBenchOptions& options, kernels::Kernels& kernels);

std::string to_text(const KernelTable& table);
std::string to_json(const KernelTable& table, const std::string& preset);

}  // namespace coldstart::bench
