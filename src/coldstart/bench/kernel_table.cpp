#include "coldstart/bench/kernel_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "coldstart/bench/training_steps.h"
#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/ceilings.h"
#include "coldstart/kernels/timed.h"

namespace coldstart::bench {

KernelTable bench_kernels(const TrainBenchOptions& options, kernels::Kernels& kernels) {
  kernels::TimedKernels timed(kernels);
  TrainingSteps training(options, timed);
  for (int64_t step = 0; step < options.warmup_steps; ++step) training.run();
  timed.reset();
  double elapsed_s = 0;
  for (int64_t step = 0; step < options.steps; ++step) elapsed_s += training.run();

  KernelTable table;
  const auto steps = static_cast<double>(options.steps);
  table.kernels = kernels.name();
  table.threads = thread_count();
  table.peak_gflops = kernels::cpu::measure_fma_gflops(table.threads);
  table.triad_gbs = kernels::cpu::measure_triad_gbs(table.threads);
  table.step_ms = 1e3 * elapsed_s / steps;
  double accounted_ms = 0;
  for (size_t i = 0; i < kernels::kOpCount; ++i) {
    const auto op = static_cast<kernels::Op>(i);
    const kernels::OpStats& s = timed.stats(op);
    if (s.calls == 0) continue;
    const double ms = 1e3 * s.elapsed_s / steps;
    accounted_ms += ms;
    table.rows.push_back({std::string(kernels::op_name(op)), static_cast<double>(s.calls) / steps,
                          ms, ms / table.step_ms, s.gflops(), s.gbytes_per_s()});
  }
  std::sort(table.rows.begin(), table.rows.end(),
            [](const KernelRow& a, const KernelRow& b) { return a.ms_per_step > b.ms_per_step; });
  const double other_ms = std::max(0.0, table.step_ms - accounted_ms);
  table.rows.push_back({"other", 0, other_ms, other_ms / table.step_ms, 0, 0});
  return table;
}

std::string to_text(const KernelTable& t) {
  std::string text =
      fmt::format("{}, {} threads; peak {:.1f} GFLOPS (FMA), {:.1f} GB/s (triad)\n\n", t.kernels,
                  t.threads, t.peak_gflops, t.triad_gbs);
  text += fmt::format("{:<24}{:>8}{:>11}{:>9}{:>10}{:>9}{:>9}{:>9}\n", "kernel", "calls", "ms/step",
                      "share", "GFLOPS", "of peak", "GB/s", "of triad");
  for (const KernelRow& r : t.rows) {
    text += fmt::format("{:<24}{:>8.0f}{:>11.3f}{:>8.1f}%", r.name, r.calls_per_step, r.ms_per_step,
                        100 * r.share);
    text += r.gflops > 0 ? fmt::format("{:>10.1f}{:>9.2f}", r.gflops, r.gflops / t.peak_gflops)
                         : fmt::format("{:>10}{:>9}", "-", "-");
    text += r.gbytes_per_s > 0
                ? fmt::format("{:>9.1f}{:>9.2f}\n", r.gbytes_per_s, r.gbytes_per_s / t.triad_gbs)
                : fmt::format("{:>9}{:>9}\n", "-", "-");
  }
  return text + fmt::format("{:<32}{:>11.3f}{:>8.1f}%\n", "step", t.step_ms, 100.0);
}

std::string to_json(const KernelTable& t, const std::string& preset) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const KernelRow& r : t.rows) {
    rows.push_back({{"kernel", r.name},
                    {"calls_per_step", r.calls_per_step},
                    {"ms_per_step", r.ms_per_step},
                    {"share", r.share},
                    {"gflops", r.gflops},
                    {"gbytes_per_s", r.gbytes_per_s}});
  }
  const nlohmann::ordered_json json = {
      {"preset", preset},     {"kernels", t.kernels},         {"threads", t.threads},
      {"step_ms", t.step_ms}, {"peak_gflops", t.peak_gflops}, {"triad_gbs", t.triad_gbs},
      {"rows", rows}};
  return json.dump();
}

}  // namespace coldstart::bench
