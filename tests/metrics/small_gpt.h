// A GPT small enough to measure by hand, with data, and one optimizer step of it.
#pragma once

#include <memory>
#include <vector>

#include "coldstart/core/random.h"
#include "coldstart/metrics/metric.h"
#include "coldstart/model/gpt.h"
#include "coldstart/optim/registry.h"

namespace coldstart::metrics {

inline model::GptConfig small_gpt_config(model::Mlp mlp = model::Mlp::gelu) {
  return {.L = 2, .C = 8, .H = 2, .H_kv = 2, .T = 6, .V = 11, .F = 16, .mlp = mlp};
}

inline Probe random_probe(const model::GptConfig& c, int64_t sequences, int64_t batch,
                          uint32_t stream = 1) {
  Probe probe{.sequence = model::sequence_shape(c), .batch_sequences = batch};
  const Rng rng(3, Stream::test, stream);
  for (int64_t i = 0; i < sequences * c.T; ++i) {
    const auto k = static_cast<uint64_t>(2 * i), V = static_cast<uint64_t>(c.V);
    probe.tokens.push_back(static_cast<int32_t>(rng.below(k, V)));
    probe.targets.push_back(static_cast<int32_t>(rng.below(k + 1, V)));
  }
  return probe;
}

// A model in the middle of training: step() makes one update, with the metric looking on.
class SmallRun {
 public:
  explicit SmallRun(const model::GptConfig& config,
                    std::unique_ptr<kernels::Kernels> kernels = kernels::make_cpu_kernels())
      : gpt(config), kernels_(std::move(kernels)), adamw_(optim::make_optimizer(gpt.params(), {})) {
    gpt.initialize(1, 0.2, 1);
  }

  void step(Metric& metric, MetricSink& sink, double lr = 0.01) {
    gpt.forward_backward(*kernels_, data.batch(0), 1.0 / static_cast<double>(data.tokens.size()));
    ++done;
    const StepView view{.step = done,
                        .lr = lr,
                        .model = gpt,
                        .kernels = *kernels_,
                        .measured = measured,
                        .report = report};
    metric.before_update(view);
    adamw_->step(gpt.params(), {.step = done - 1, .lr = lr, .peak_lr = lr}, *kernels_, report);
    measured.take(report, 1);
    metric.after_update(view, sink);
  }
  void observe(Metric& metric, MetricSink& sink) {
    metric.observe({.step = done, .model = gpt, .kernels = *kernels_}, sink);
  }
  kernels::Kernels& kernels() { return *kernels_; }

  model::Gpt gpt;
  Probe data = random_probe(gpt.config(), 3, 3, 2);
  optim::StepReport report{gpt.params()};
  StepMeasurements measured{gpt.params()};
  int64_t done = 0;

 private:
  std::unique_ptr<kernels::Kernels> kernels_;
  std::unique_ptr<optim::Optimizer> adamw_;
};

inline LevelSet all_levels() {
  LevelSet levels;
  levels.wanted.fill(true);
  return levels;
}

// The value under a name; nothing when it is missing.
inline std::optional<double> value_of(const std::vector<NamedValue>& values,
                                      std::string_view name) {
  for (const auto& [key, value] : values) {
    if (key == name) return std::get<double>(value);
  }
  return std::nullopt;
}

}  // namespace coldstart::metrics
