#include "coldstart/bench/train_bench.h"

#include <sys/resource.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "coldstart/bench/training_steps.h"
#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/ceilings.h"

namespace coldstart::bench {

namespace {

int64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace

TrainBenchResult bench_train(const TrainBenchOptions& options, kernels::Kernels& kernels) {
  TrainBenchResult r;
  r.threads = thread_count();
  r.kernels = kernels.name();
  TrainingSteps training(options, kernels);
  for (int64_t step = 0; step < options.warmup_steps; ++step) training.run();
  r.peak_gflops_before = kernels::cpu::measure_fma_gflops(r.threads);
  std::vector<double> seconds;
  for (int64_t step = 0; step < options.steps; ++step) {
    seconds.push_back(training.run());
    if (step == 0) r.first_loss = training.loss();
  }
  r.last_loss = training.loss();
  r.peak_gflops_after = kernels::cpu::measure_fma_gflops(r.threads);

  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  r.step_ms = 1e3 * median;
  r.step_ms_min = 1e3 * seconds.front();
  r.step_ms_max = 1e3 * seconds.back();
  r.tokens_per_s = static_cast<double>(options.B * options.model.T) / median;
  r.gflops = r.tokens_per_s * model::train_flops_per_token(options.model, options.model.T) * 1e-9;
  r.peak_gflops = std::max(r.peak_gflops_before, r.peak_gflops_after);
  r.fraction_of_peak = r.gflops / r.peak_gflops;
  r.peak_rss_bytes = peak_rss_bytes();
  return r;
}

std::string to_json(const TrainBenchResult& r, const std::string& preset) {
  const nlohmann::ordered_json json = {{"preset", preset},
                                       {"tokens_per_s", r.tokens_per_s},
                                       {"gflops", r.gflops},
                                       {"peak_gflops", r.peak_gflops},
                                       {"peak_gflops_before", r.peak_gflops_before},
                                       {"peak_gflops_after", r.peak_gflops_after},
                                       {"fraction_of_peak", r.fraction_of_peak},
                                       {"step_ms", r.step_ms},
                                       {"step_ms_min", r.step_ms_min},
                                       {"step_ms_max", r.step_ms_max},
                                       {"peak_rss_bytes", r.peak_rss_bytes},
                                       {"first_loss", r.first_loss},
                                       {"last_loss", r.last_loss},
                                       {"threads", r.threads},
                                       {"kernels", r.kernels}};
  return json.dump();
}

}  // namespace coldstart::bench
