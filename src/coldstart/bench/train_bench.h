// Training speed as a share of what the machine can do: `coldstart bench train`.
//
// The float32 FMA peak is measured in the same process, with the same threads, right before and
// right after the timed steps; the larger of the two counts, so that a slow moment during the
// measurement of the peak cannot flatter the result. gflops counts model FLOPs only
// (train_flops_per_token): recomputation and padding earn nothing. Data are random tokens, new ones
// each step, as in bench/peers/pytorch_gpt.py; the step is the trainer's: forward, backward,
// gradient norm, clipping, AdamW. Test: tests/bench/train_bench_test.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/model/gpt_config.h"

namespace coldstart::bench {

struct TrainBenchOptions {
  model::GptConfig model;
  int64_t B = 1;  // sequences a step, of model.T tokens
  int64_t steps = 20;
  int64_t warmup_steps = 3;  // not timed: first touch of memory, scratch that grows
  uint64_t seed = 1;
};

struct TrainBenchResult {
  double step_ms = 0;  // median of the timed steps
  double step_ms_min = 0, step_ms_max = 0;
  double tokens_per_s = 0, gflops = 0;  // at the median step
  double peak_gflops_before = 0, peak_gflops_after = 0;
  double peak_gflops = 0, fraction_of_peak = 0;
  int64_t peak_rss_bytes = 0;
  double first_loss = 0, last_loss = 0;  // nats a token
  int threads = 0;
  std::string kernels;
};

// `kernels` may be a decorator that takes times; the peak is measured without it.
TrainBenchResult bench_train(const TrainBenchOptions& options, kernels::Kernels& kernels);

std::string to_json(const TrainBenchResult& result, const std::string& preset);

}  // namespace coldstart::bench
