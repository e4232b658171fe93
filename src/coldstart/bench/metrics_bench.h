// What measuring costs: `coldstart bench metrics`.
//
// Real training steps of a preset's model on random tokens (training_steps.h), with every measure
// looking on; only the measures' own calls are timed, the text of their records included, not what
// they displace from the caches. A measure that is taken at evaluations costs what one look takes
// over the steps between two evaluations. The run's own set is timed as one, as a run takes it: the
// measures that are on by themselves, at their levels and intervals.
// Test: tests/bench/metrics_bench_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/bench/train_bench.h"
#include "coldstart/metrics/options.h"

namespace coldstart::bench {

struct MetricsBenchOptions {
  TrainBenchOptions training;  // of its steps, at least 50 are made: the interval of the last level
  metrics::MetricsOptions metrics;
  int64_t eval_every = 100;
  int64_t costly_looks = 5;  // at measures that cost something: fewer, because they take long
};

struct MetricCost {
  std::string metric;    // a name, or "measure = <the run's list>"
  std::string interval;  // "every step", "evaluations"
  bool on_by_default = false;
  double measured_ms = 0;  // median of a step at which it is measured, at all levels but rows
  double step_ms = 0;      // mean over all steps, at its own interval and the levels of the run
  double share = 0;        // of a training step
};

struct MetricsTable {
  std::string kernels, granularity;
  int threads = 0;
  double training_ms = 0;  // median of a training step without measures
  double split_ms = 0;     // what a step takes longer in two micro-batches, as snr needs it
  MetricCost run = {};     // of the run's own set
  double early_ms = 0;     // of that set in the first steps, where every level is written
  std::vector<MetricCost> rows = {};
};

MetricsTable bench_metrics(const MetricsBenchOptions& options, kernels::Kernels& kernels);

std::string to_text(const MetricsTable& table);
std::string to_json(const MetricsTable& table);

}  // namespace coldstart::bench
