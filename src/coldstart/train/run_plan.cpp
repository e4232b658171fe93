#include "coldstart/train/run_plan.h"

#include <fmt/ranges.h>

#include "coldstart/adapt/clipping.h"
#include "coldstart/adapt/plateau.h"
#include "coldstart/core/text.h"
#include "coldstart/metrics/registry.h"
#include "coldstart/optim/group_factors.h"
#include "coldstart/optim/registry.h"
#include "coldstart/train/data_order.h"
#include "coldstart/train/variance_sources.h"

namespace coldstart::train {

namespace {

std::string count(int64_t value) { return human_count(static_cast<double>(value)); }

std::string model_line(const ResolvedConfig& resolved) {
  return fmt::format("{}: {} parameters", model::describe(resolved.model),
                     count(model::param_count(resolved.model)));
}

std::string batch_line(const ResolvedConfig& resolved) {
  const TrainOptions& t = resolved.config.train;
  return fmt::format("{} tokens = {} sequences x {}, in {} micro-batch{} of {}", t.batch_tokens,
                     resolved.sequences, model::sequence_shape(resolved.model).T,
                     resolved.grad_accum, resolved.grad_accum == 1 ? "" : "es", t.micro_batch);
}

std::vector<std::string> regularization_lines(const ResolvedConfig& resolved) {
  const RegularizeOptions& o = resolved.config.regularize;
  std::vector<std::string> lines;
  const auto add = [&](const char* name, double strength, const schedule::Ramp& ramp) {
    if (strength == 0) return;
    std::string line = fmt::format("{} {}", name, strength);
    if (ramp != schedule::Ramp()) line += fmt::format(" times {}", schedule::describe(ramp));
    lines.push_back(std::move(line));
  };
  add("dropout", o.dropout, resolved.ramps.dropout);
  add("attention dropout", o.attention_dropout, resolved.ramps.attention_dropout);
  add("label smoothing", o.label_smoothing, resolved.ramps.label_smoothing);
  if (resolved.ramps.weight_decay != schedule::Ramp())
    add("weight decay", resolved.config.optimizer.weight_decay.value(),
        resolved.ramps.weight_decay);
  add("random tokens", o.random_tokens, {});
  if (o.masked_tokens > 0)
    lines.push_back(fmt::format("masked tokens {} in spans of {}, as token {}", o.masked_tokens,
                                o.mask_span, o.mask_token));
  return lines;
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
  const adapt::RrcOptions& rrc = resolved.config.rrc;
  return fmt::format(
      "{} by {}, snr averaged with {}, from {} micro-batches: a pass over the "
      "gradients each",
      enum_name(rrc.rrc_scaling), enum_name(rrc.snr_scope), rrc.snr_ema, resolved.grad_accum);
}

// "linear from 512 to 4096 tokens in 100 steps, ..."
std::string describe_batch_warmup(const ResolvedConfig& config) {
  const adapt::BatchOptions& o = config.config.batch;
  const int64_t T = model::sequence_shape(config.model).T, full = config.config.train.batch_tokens;
  std::string text = fmt::format("{} from {} to {} tokens", enum_name(o.batch_warmup),
                                 config.batches.start * T, full);
  if (o.batch_warmup == adapt::BatchWarmup::measured) {
    text += fmt::format(
        ", {} x the critical batch after {} steps above; at most {} steps, the run ends after {} "
        "tokens",
        o.batch_warmup_factor, o.batch_warmup_patience, config.steps,
        config.schedule.total() * full);
  } else {
    text +=
        fmt::format(" in {} steps; {} steps in all for the tokens of {}",
                    config.batches.stages.back().first_step, config.steps, config.schedule.total());
  }
  return text + fmt::format("; learning rate {}; the schedule counts steps of {} tokens",
                            enum_name(o.batch_warmup_lr), full);
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
  const int64_t B = resolved.config.train.micro_batch;
  const model::SequenceShape sequence = model::sequence_shape(resolved.model);
  MemoryTable table;
  table.add("weights", arena);
  table.add("gradients", arena);
  if (resolved.grad_accum > 1) table.add("micro-gradients", arena);
  table.add("measures", measures_bytes(resolved, arena));
  if (resolved.config.clip.rule == adapt::ClipRule::update)
    table.add("weights before the update", arena);
  table.add("optimizer", optim::state_bytes(specs, resolved.config.optimizer, DType::f32));
  table.add("activations", model::training_bytes(resolved.model, B, DType::f32));
  // Training batch, validation batch, probe batch: tokens and targets each.
  table.add("batches", 3 * B * (sequence.T + sequence.targets) * int64_t{sizeof(int32_t)});
  return table;
}

int64_t disk_bytes_of(const ResolvedConfig& resolved) {
  constexpr int64_t kRecords = 1024;  // a step, with the default measures
  const TrainOptions& t = resolved.config.train;
  const std::vector<ParamSpec> specs = model::param_specs(resolved.model);
  const int64_t checkpoint = model::param_count(resolved.model) * int64_t{sizeof(float)} +
                             optim::state_bytes(specs, resolved.config.optimizer, DType::f32);
  const int64_t kept = 1 + t.keep_best + std::ssize(t.trunk_at);  // the last, the best, trunks
  return kept * checkpoint + resolved.schedule.total() * kRecords;
}

double total_flops(const ResolvedConfig& resolved) {
  const int64_t total = resolved.schedule.total();
  const auto steps = [&](int64_t count) {
    return static_cast<double>(resolved.config.train.batch_tokens) * static_cast<double>(count);
  };
  if (resolved.config.order.curriculum != adapt::Curriculum::length)
    return model::train_flops_per_token(resolved.model) * steps(total);
  const model::GptConfig& gpt = model::require_gpt(resolved.model, "order.curriculum = length");
  const adapt::Pace& pace = resolved.pace;
  double flops = model::train_flops_per_token(gpt, gpt.T) * steps(total - pace.length);
  for (int64_t j = 0; j < pace.stages; ++j)
    flops += model::train_flops_per_token(gpt, curriculum_context(gpt.T, pace.share_of_stage(j))) *
             steps(pace.first_position(j + 1) - pace.first_position(j));
  return flops;
}

double estimated_train_s(double flops, double peak_gflops) {
  return flops / (kAssumedFractionOfPeak * peak_gflops * 1e9);
}

RunFacts describe_run(const ResolvedConfig& resolved, const data::Source& data,
                      const Environment& environment, double peak_gflops, int64_t first_step) {
  const RunConfig& config = resolved.config;
  const MemoryTable memory = memory_of(resolved);
  const double flops = total_flops(resolved);
  RunFacts facts{.first_step = first_step,
                 .total_steps = resolved.steps,
                 .tokens_per_step = config.train.batch_tokens,
                 .total_tokens = resolved.schedule.total() * config.train.batch_tokens,
                 .steps_known = config.batch.batch_warmup != adapt::BatchWarmup::measured,
                 .peak_gflops = peak_gflops};
  facts.flops_per_token = config.order.curriculum == adapt::Curriculum::length
                              ? flops / static_cast<double>(facts.total_tokens)  // on average
                              : model::train_flops_per_token(resolved.model);
  const auto add = [&](const char* label, std::string text) {
    facts.table.emplace_back(label, std::move(text));
  };
  add("model", model_line(resolved));
  add("data", fmt::format("{}: {}", config.data.path, data.describe()));
  add("machine", fmt::format("{}, {} of {} cores, kernels {}", environment.cpu, environment.threads,
                             environment.cores, environment.kernels));
  add("memory", fmt::format("{}: {}", human_bytes(static_cast<double>(memory.total_bytes())),
                            memory.summary()));
  add("batch", batch_line(resolved));
  if (config.order.curriculum != adapt::Curriculum::shuffled)
    add("order", describe_order(resolved));
  if (config.batch.batch_warmup != adapt::BatchWarmup::none)
    add("batch warmup", describe_batch_warmup(resolved));
  add("optimizer", optimizer_line(config));
  const std::vector<ParamSpec> specs = model::param_specs(resolved.model);
  for (const std::string& group :
       optim::describe_groups(specs, optim::group_rules(config.optimizer)))
    add("group", group);
  for (const std::string& line : optim::describe_group_factors(config.groups, specs))
    add("rates", line);
  if (config.groups.trust_ratio != optim::TrustRatio::none)
    add("rates",
        fmt::format("of every matrix times its {} ratio", enum_name(config.groups.trust_ratio)));
  for (std::string& line : regularization_lines(resolved)) add("regularize", std::move(line));
  add("variance", "of the gradient, by " + describe(variance_sources(config)));
  add("measures", measures_line(resolved));
  if (config.rrc.rrc_scaling != optim::RrcForm::none) add("rrc", rrc_line(resolved));
  add("schedule", fmt::format("{} steps: {}", resolved.schedule.total(),
                              schedule::describe(resolved.schedule)));
  if (const std::string early = describe(config.early); !early.empty()) add("early", early);
  if (config.plateau.plateau_patience > 0) add("plateau", describe(config.plateau));
  add("compute",
      fmt::format("{} ({} a token, {} tokens){}", human_flops(flops),
                  human_flops(facts.flops_per_token), count(facts.total_tokens),
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
