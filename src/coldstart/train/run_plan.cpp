#include "coldstart/train/run_plan.h"

#include <fmt/ranges.h>

#include "coldstart/core/text.h"
#include "coldstart/metrics/registry.h"
#include "coldstart/model/activations.h"
#include "coldstart/optim/group_factors.h"
#include "coldstart/optim/registry.h"
#include "coldstart/train/clipping.h"

namespace coldstart::train {

namespace {

std::string count(int64_t value) { return human_count(static_cast<double>(value)); }

std::string model_line(const ResolvedConfig& resolved) {
  const model::GptConfig& m = resolved.model;
  return fmt::format(
      "{} layers x {} wide, {} heads{}, context {}, vocabulary {}, {} norm, {}, {} positions: "
      "{} parameters",
      m.L, m.C, m.H, m.H_kv == m.H ? "" : fmt::format(" ({} kv)", m.H_kv), m.T, m.V,
      enum_name(m.norm), enum_name(m.mlp), enum_name(m.position), count(model::param_count(m)));
}

std::string batch_line(const ResolvedConfig& resolved) {
  const TrainOptions& t = resolved.config.train;
  return fmt::format("{} tokens = {} sequences x {}, in {} micro-batch{} of {}", t.batch_tokens,
                     resolved.sequences, resolved.model.T, resolved.grad_accum,
                     resolved.grad_accum == 1 ? "" : "es", t.micro_batch);
}

// What is watched beside the loss, where it costs anything; and the control that acts on it.
std::string measures_line(const ResolvedConfig& resolved) {
  const RunConfig& config = resolved.config;
  std::string text;
  for (const metrics::ChosenMetric& chosen : metrics::chosen_metrics(config.metrics)) {
    const metrics::MetricInfo& info = metrics::find_metric(chosen.name, "metrics.measure");
    if (info.costs_nothing) continue;
    text +=
        fmt::format("; {} ({}): {}", chosen.name,
                    chosen.interval.steps > 0 ? fmt::format("every {} steps", chosen.interval.steps)
                                              : std::string("at evaluations"),
                    info.cost);
  }
  return config.metrics.measure + text;
}

std::string rrc_line(const ResolvedConfig& resolved) {
  const RrcOptions& rrc = resolved.config.rrc;
  return fmt::format(
      "{} by {}, snr averaged with {}, from {} micro-batches: a pass over the "
      "gradients each",
      enum_name(rrc.rrc_scaling), enum_name(rrc.snr_scope), rrc.snr_ema, resolved.grad_accum);
}

// Copies of the weights that measures keep beside the model.
int64_t measures_bytes(const ResolvedConfig& resolved, int64_t arena) {
  int64_t bytes = 0;
  for (const metrics::ChosenMetric& chosen : metrics::chosen_metrics(resolved.config.metrics))
    bytes += arena * metrics::find_metric(chosen.name, "metrics.measure").weight_copies;
  const bool halves = resolved.config.rrc.snr_estimator == metrics::SnrMethod::half_batch;
  return bytes + (halves && needs_micro_batches(resolved.config) ? arena : 0);
}

std::string optimizer_line(const RunConfig& config) {
  return fmt::format("{}, clipping {}", optim::describe(config.optimizer),
                     describe(config.clip, config.train.grad_clip));
}

}  // namespace

MemoryTable memory_of(const ResolvedConfig& resolved) {
  const std::vector<ParamSpec> specs = model::param_specs(resolved.model);
  const int64_t arena = arena_bytes(specs, DType::f32);
  const int64_t B = resolved.config.train.micro_batch, T = resolved.model.T;
  MemoryTable table;
  table.add("weights", arena);
  table.add("gradients", arena);
  if (resolved.grad_accum > 1) table.add("micro-gradients", arena);
  table.add("measures", measures_bytes(resolved, arena));
  if (resolved.config.clip.rule == ClipRule::update) table.add("weights before the update", arena);
  table.add("optimizer", optim::state_bytes(specs, resolved.config.optimizer, DType::f32));
  table.add(
      "activations",
      model::activation_bytes(
          resolved.model, B, T,
          resolved.model.recompute ? model::Keep::residual : model::Keep::everything, DType::f32));
  // Training batch, validation batch, probe batch: tokens and targets each.
  table.add("batches", int64_t{3} * 2 * B * T * static_cast<int64_t>(sizeof(int32_t)));
  return table;
}

double total_flops(const ResolvedConfig& resolved) {
  return model::train_flops_per_token(resolved.model, resolved.model.T) *
         static_cast<double>(resolved.config.train.batch_tokens) *
         static_cast<double>(resolved.schedule.total());
}

double estimated_train_s(double flops, double peak_gflops) {
  return flops / (kAssumedFractionOfPeak * peak_gflops * 1e9);
}

RunFacts describe_run(const ResolvedConfig& resolved, const data::Dataset& dataset,
                      const Environment& environment, double peak_gflops, int64_t first_step) {
  const RunConfig& config = resolved.config;
  const MemoryTable memory = memory_of(resolved);
  const double flops = total_flops(resolved);
  RunFacts facts{.first_step = first_step,
                 .total_steps = resolved.schedule.total(),
                 .tokens_per_step = config.train.batch_tokens,
                 .flops_per_token = model::train_flops_per_token(resolved.model, resolved.model.T),
                 .peak_gflops = peak_gflops};
  const auto add = [&](const char* label, std::string text) {
    facts.table.emplace_back(label, std::move(text));
  };
  add("model", model_line(resolved));
  add("data", fmt::format("{}: {} training and {} validation tokens, {}", config.data.path,
                          count(dataset.train.size()), count(dataset.val.size()),
                          dataset.tokenizer ? dataset.tokenizer->name() : "token file"));
  add("machine", fmt::format("{}, {} of {} cores, kernels {}", environment.cpu, environment.threads,
                             environment.cores, environment.kernels));
  add("memory", fmt::format("{}: {}", human_bytes(static_cast<double>(memory.total_bytes())),
                            memory.summary()));
  add("batch", batch_line(resolved));
  add("optimizer", optimizer_line(config));
  const std::vector<ParamSpec> specs = model::param_specs(resolved.model);
  for (const std::string& group :
       optim::describe_groups(specs, optim::group_rules(config.optimizer)))
    add("group", group);
  for (const std::string& line : optim::describe_group_factors(config.groups, specs))
    add("rates", line);
  add("measures", measures_line(resolved));
  if (config.rrc.rrc_scaling != optim::RrcForm::none) add("rrc", rrc_line(resolved));
  add("schedule", fmt::format("{} steps: {}", resolved.schedule.total(),
                              schedule::describe(resolved.schedule)));
  add("compute",
      fmt::format("{} ({} a token, {} tokens){}", human_flops(flops),
                  human_flops(facts.flops_per_token),
                  count(resolved.schedule.total() * config.train.batch_tokens),
                  peak_gflops > 0 ? fmt::format("; machine peak {:.0f} GFLOPS", peak_gflops) : ""));
  if (peak_gflops > 0) {
    const double left = flops * static_cast<double>(facts.total_steps - first_step) /
                        static_cast<double>(facts.total_steps);
    add("time",
        fmt::format("about {} of training at {:.0f}% of the peak (an estimate, not measured)",
                    human_duration(estimated_train_s(left, peak_gflops)),
                    100 * kAssumedFractionOfPeak));
  }
  return facts;
}

}  // namespace coldstart::train
