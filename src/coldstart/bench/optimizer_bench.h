// What an optimizer's step costs against the memory's speed: `coldstart bench optimizers`.
//
// The parameters are those of a preset's model, gradients are random and stay; a step is
// Optimizer::step, all of it. Bytes are what the kernels move if every tensor passes once
// (kernels/cost.h). An update does little else than move memory, so its ceiling is the triad, taken
// in the same process with the same threads, right before and right after, over arrays as large as
// what a step touches (384 MiB at most: then no cache holds them). The larger of the two counts, so
// that a slow moment cannot flatter the optimizer. Of an optimizer made of matrix products (Muon)
// the ceiling is the float32 peak, taken likewise; its GFLOPS and the fraction of the peak count
// the textbook's FLOPs, 2 M N K a product, and `done` those that are left where symmetry spares
// half of a product. Test: tests/bench/optimizer_bench_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/model/gpt_config.h"

namespace coldstart::bench {

struct OptimizerBenchModel {
  std::string name;
  model::GptConfig config;
};

struct OptimizerBenchOptions {
  std::vector<std::string> optimizers;  // empty: all
  std::vector<OptimizerBenchModel> models;
  int64_t steps = 20;      // timed at least, unless they take more than 10 s,
  double elapsed_s = 0.5;  // and for at least so long
};

struct OptimizerRow {
  std::string optimizer, model;
  int64_t parameters = 0;
  double bytes_per_parameter = 0;
  double step_ms = 0, step_ms_min = 0, step_ms_max = 0;  // the median, and the range
  double gbytes_per_s = 0;                               // at the median
  // Of its matrix products: where there are some, memory is no ceiling.
  double gflops = 0, gflops_done = 0;  // textbook count; without what symmetry spares
  double peak_gflops_before = 0, peak_gflops_after = 0;
  double peak_gflops = 0, fraction_of_peak = 0;  // gflops over the larger; 0 without products
  double triad_gbs_before = 0, triad_gbs_after = 0;
  double triad_gbs = 0, fraction_of_triad = 0;
};

struct OptimizerTable {
  std::string kernels;
  int threads = 0;
  std::vector<OptimizerRow> rows;
};

OptimizerTable bench_optimizers(const OptimizerBenchOptions& options, kernels::Kernels& kernels);

std::string to_text(const OptimizerTable& table);
std::string to_json(const OptimizerTable& table);

}  // namespace coldstart::bench
