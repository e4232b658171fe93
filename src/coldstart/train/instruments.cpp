#include "coldstart/train/instruments.h"

#include <algorithm>
#include <cstring>

#include "coldstart/metrics/registry.h"
#include "coldstart/train/dynamics_of.h"
#include "coldstart/train/records.h"

namespace coldstart::train {

namespace {

// Whole sequences of the validation data; none when no measure asks for them.
metrics::Probe make_probe(const ResolvedConfig& config, const data::Source& data) {
  const model::SequenceShape sequence = model::sequence_shape(config.model);
  metrics::Probe probe{.sequence = sequence, .batch_sequences = config.config.train.micro_batch};
  const auto set =
      data.eval_source(data::Split::validation, sequence.T, config.config.metrics.probe_tokens);
  const int64_t whole = std::max<int64_t>(1, set->predicted_tokens() / sequence.targets);
  probe.tokens.resize(static_cast<size_t>(whole * sequence.T));
  probe.targets.resize(static_cast<size_t>(whole * sequence.targets));
  set->fill(0, probe.tokens, probe.targets);
  return probe;
}

std::optional<metrics::SnrEstimator> make_estimator(const ResolvedConfig& config,
                                                    const ParamList& params) {
  if (!needs_micro_batches(config.config)) return std::nullopt;
  const adapt::RrcOptions& options = config.config.rrc;
  return metrics::SnrEstimator(params, {.method = options.snr_estimator,
                                        .per_row = options.snr_scope == adapt::SnrScope::row,
                                        .ema = options.snr_ema,
                                        .micro_batches = config.grad_accum,
                                        .batch = snr_samples(config)});
}

}  // namespace

Instruments::Instruments(const ResolvedConfig& config, const data::Source& data,
                         model::Model& model, kernels::Kernels& kernels)
    : model_(model),
      kernels_(kernels),
      factors_(optim::group_factors(config.config.groups, model::param_specs(config.model))),
      probe_(make_probe(config, data)),
      snr_(make_estimator(config, model.params())),
      samples_a_sequence_(snr_samples(config) / static_cast<double>(config.sequences)),
      measured_(model.params()),
      metrics_(config.config.metrics, model.params(),
               {.dynamics = dynamics_of(config.config),
                .factors = &factors_,
                .probe = &probe_,
                .snr = snr_ ? &*snr_ : nullptr}) {
  if (config.config.rrc.rrc_scaling != optim::RrcForm::none)
    control_.emplace(config.config.rrc, model.params(), snr_->setup().batch);
}

metrics::StepView Instruments::view(const StepFacts& facts, const optim::StepReport& report) const {
  return {.step = facts.step,
          .lr = facts.lr,
          .model = model_,
          .kernels = kernels_,
          .measured = measured_,
          .report = report};
}

void Instruments::begin_step(const adapt::StepBatch& batch) {
  if (!snr_) return;
  const bool halves = snr_->setup().method == metrics::SnrMethod::half_batch;
  estimates_ = batch.micro_batches >= 2 && (!halves || batch.micro_batches % 2 == 0);
  if (estimates_)
    snr_->set_batch(batch.micro_batches,
                    samples_a_sequence_ * static_cast<double>(batch.sequences));
}

std::optional<double> Instruments::critical_batch() const {
  if (!snr_ || !snr_->has_estimate()) return std::nullopt;
  metrics::SignalNoise sum;
  for (size_t i = 0; i < model_.params().size(); ++i) sum += snr_->tensor(i);
  const std::optional<double> samples = metrics::critical_batch(sum);
  if (!samples) return std::nullopt;
  return *samples / samples_a_sequence_;
}

void Instruments::micro_gradient(Tensor gradient, Tensor sum) {
  if (snr_ && estimates_) snr_->add_micro(kernels_, gradient, sum);
}

Instruments::Factors Instruments::before_update(const StepFacts& facts,
                                                const optim::StepReport& report) {
  if (snr_ && estimates_) snr_->finish_step(kernels_, model_.params().grads());
  if (control_ && estimates_) control_->update(*snr_);
  metrics_.before_update(view(facts, report), facts.evaluation);
  if (!control_) return {};
  return {.param = control_->param_scale(), .row = control_->row_scale()};
}

void Instruments::after_update(const StepFacts& facts, const optim::StepReport& report) {
  measured_.take(report, facts.clip, control_ ? control_->row_scale() : std::span<const double>());
  metrics_.after_update(view(facts, report), facts.evaluation);
}

void Instruments::observe(int64_t step, bool evaluation) {
  metrics_.observe({.step = step, .model = model_, .kernels = kernels_}, evaluation);
}

void Instruments::observe_aside(int64_t step, bool evaluation) {
  const std::vector<metrics::MetricState> states = metrics_.states();
  std::vector<std::string> kept;
  for (const metrics::MetricState& state : states)
    kept.emplace_back(static_cast<const char*>(state.tensor.raw()),
                      static_cast<size_t>(state.tensor.bytes()));
  observe(step, evaluation);
  for (size_t i = 0; i < states.size(); ++i)
    std::memcpy(states[i].tensor.raw(), kept[i].data(), kept[i].size());
  warnings();  // the trunk has given them
}

std::optional<io::JsonRecord> Instruments::record(int64_t step) {
  const std::vector<metrics::NamedValue> values = metrics_.take();
  if (values.empty()) return std::nullopt;
  return to_record(step, values);
}

std::vector<metrics::MetricState> Instruments::states() {
  std::vector<metrics::MetricState> states = metrics_.states();
  if (snr_) {
    for (const auto& state : snr_->states()) states.push_back({"snr/" + state.name, state.tensor});
  }
  return states;
}

}  // namespace coldstart::train
