#include "coldstart/bench/optimizer_bench.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "coldstart/core/clock.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"
#include "coldstart/kernels/cpu/ceilings.h"
#include "coldstart/kernels/timed.h"
#include "coldstart/optim/registry.h"

namespace coldstart::bench {

namespace {

constexpr double kInitStd = 0.02, kGradStd = 1e-4;
constexpr double kLearningRate = 1e-5;
constexpr int64_t kFewestSteps = 3;
constexpr double kLongest_s = 10;

// Normal numbers are slow to draw: few are drawn and repeated, with a period that is no multiple of
// any row.
void fill_normal(Tensor x, double deviation, uint32_t stream) {
  constexpr size_t kDistinct = 4099;
  const Rng rng(1, Stream::test, stream);
  const auto numbers = x.span<float>();
  for (size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] =
        i < kDistinct ? static_cast<float>(deviation * rng.normal(i)) : numbers[i - kDistinct];
  }
}

int64_t state_bytes(optim::Optimizer& optimizer) {
  int64_t bytes = 0;
  for (const optim::NamedTensor& state : optimizer.states()) bytes += state.flat.bytes();
  return bytes;
}

OptimizerRow bench_one(const std::string& name, const OptimizerBenchModel& model, ParamList& params,
                       const OptimizerBenchOptions& options, kernels::Kernels& kernels) {
  fill_normal(params.weights(), kInitStd, 0);
  fill_normal(params.grads(), kGradStd, 1);
  optim::OptimizerOptions optimizer_options;
  optimizer_options.name = name;
  optimizer_options.lr = kLearningRate;
  const auto optimizer = optim::make_optimizer(params, optimizer_options);
  optim::StepReport report(params);
  kernels::TimedKernels timed(kernels);
  int64_t step = 0;
  const auto run = [&] {
    const double start_s = now_s();
    optimizer->step(params, {.step = step++, .lr = kLearningRate, .peak_lr = kLearningRate}, timed,
                    report);
    return now_s() - start_s;
  };
  for (int i = 0; i < 3; ++i) run();  // first touch of memory, scratch that grows

  OptimizerRow row{.optimizer = name, .model = model.name, .parameters = params.element_count()};
  const int64_t touched =
      params.weights().bytes() + params.grads().bytes() + state_bytes(*optimizer);
  const int64_t triad_bytes = std::min<int64_t>(touched, int64_t{384} << 20);
  row.triad_gbs_before = kernels::cpu::measure_triad_gbs(thread_count(), triad_bytes);
  const bool multiplies = timed.total().flops > 0;
  if (multiplies) row.peak_gflops_before = kernels::cpu::measure_fma_gflops(thread_count());
  run();  // the triad has emptied the caches
  timed.reset();
  std::vector<double> seconds;
  const auto enough = [&](double elapsed_s) {
    const int64_t done = std::ssize(seconds);
    return done >= kFewestSteps &&
           (elapsed_s >= kLongest_s || (done >= options.steps && elapsed_s >= options.elapsed_s));
  };
  for (double elapsed_s = 0; !enough(elapsed_s);) {
    seconds.push_back(run());
    elapsed_s += seconds.back();
  }
  const kernels::OpStats cost = timed.total();
  row.triad_gbs_after = kernels::cpu::measure_triad_gbs(thread_count(), triad_bytes);
  if (multiplies) row.peak_gflops_after = kernels::cpu::measure_fma_gflops(thread_count());

  const double steps = static_cast<double>(seconds.size());
  std::ranges::sort(seconds);
  const double median_s = seconds[seconds.size() / 2];
  row.bytes_per_parameter = cost.bytes / steps / static_cast<double>(row.parameters);
  row.step_ms = 1e3 * median_s;
  row.step_ms_min = 1e3 * seconds.front();
  row.step_ms_max = 1e3 * seconds.back();
  row.gbytes_per_s = 1e-9 * cost.bytes / steps / median_s;
  row.gflops = 1e-9 * cost.flops / steps / median_s;
  row.gflops_done = 1e-9 * (cost.flops - cost.flops_spared) / steps / median_s;
  row.peak_gflops = std::max(row.peak_gflops_before, row.peak_gflops_after);
  if (multiplies) row.fraction_of_peak = row.gflops / row.peak_gflops;
  row.triad_gbs = std::max(row.triad_gbs_before, row.triad_gbs_after);
  row.fraction_of_triad = row.gbytes_per_s / row.triad_gbs;
  return row;
}

}  // namespace

OptimizerTable bench_optimizers(const OptimizerBenchOptions& options, kernels::Kernels& kernels) {
  OptimizerTable table{.kernels = kernels.name(), .threads = thread_count(), .rows = {}};
  const std::vector<std::string> names =
      options.optimizers.empty() ? optim::optimizer_names() : options.optimizers;
  for (const OptimizerBenchModel& model : options.models) {
    ParamList params(model::param_specs(model.config), DType::f32);
    for (const std::string& name : names) {
      table.rows.push_back(bench_one(name, model, params, options, kernels));
    }
  }
  return table;
}

std::string to_text(const OptimizerTable& t) {
  std::string text = fmt::format("{}, {} threads\n\n", t.kernels, t.threads);
  text += fmt::format("{:<22}{:<14}{:>12}{:>9}{:>11}{:>9}{:>9}{:>10}{:>9}{:>9}{:>9}\n", "optimizer",
                      "model", "parameters", "B/param", "ms/step", "GB/s", "triad", "of triad",
                      "GFLOPS", "done", "of peak");
  for (const OptimizerRow& r : t.rows) {
    const auto of_products = [&](double value, int digits) {
      return r.gflops > 0 ? fmt::format("{:.{}f}", value, digits) : std::string("-");
    };
    text +=
        fmt::format("{:<22}{:<14}{:>12}{:>9.1f}{:>11.3f}{:>9.1f}{:>9.1f}{:>10.2f}{:>9}{:>9}{:>9}\n",
                    r.optimizer, r.model, r.parameters, r.bytes_per_parameter, r.step_ms,
                    r.gbytes_per_s, r.triad_gbs, r.fraction_of_triad, of_products(r.gflops, 1),
                    of_products(r.gflops_done, 1), of_products(r.fraction_of_peak, 2));
  }
  return text;
}

std::string to_json(const OptimizerTable& t) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const OptimizerRow& r : t.rows) {
    rows.push_back({{"optimizer", r.optimizer},
                    {"model", r.model},
                    {"parameters", r.parameters},
                    {"bytes_per_parameter", r.bytes_per_parameter},
                    {"step_ms", r.step_ms},
                    {"step_ms_min", r.step_ms_min},
                    {"step_ms_max", r.step_ms_max},
                    {"gbytes_per_s", r.gbytes_per_s},
                    {"gflops", r.gflops},
                    {"gflops_done", r.gflops_done},
                    {"peak_gflops", r.peak_gflops},
                    {"peak_gflops_before", r.peak_gflops_before},
                    {"peak_gflops_after", r.peak_gflops_after},
                    {"fraction_of_peak", r.fraction_of_peak},
                    {"triad_gbs", r.triad_gbs},
                    {"triad_gbs_before", r.triad_gbs_before},
                    {"triad_gbs_after", r.triad_gbs_after},
                    {"fraction_of_triad", r.fraction_of_triad}});
  }
  return nlohmann::ordered_json{{"kernels", t.kernels}, {"threads", t.threads}, {"rows", rows}}
      .dump();
}

}  // namespace coldstart::bench
