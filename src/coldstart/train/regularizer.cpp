#include "coldstart/train/regularizer.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"
#include "coldstart/optim/registry.h"

namespace coldstart::train {

namespace {

data::AugmentOptions augmentation_of(const ResolvedConfig& config) {
  const RegularizeOptions& o = config.config.regularize;
  return {.random_tokens = o.random_tokens,
          .masked_tokens = o.masked_tokens,
          .mask_span = o.mask_span,
          .mask_token = static_cast<int32_t>(o.mask_token),
          .vocab = config.data_vocab};
}

}  // namespace

Regularizer::Regularizer(const ResolvedConfig& config, std::span<const double> decay_factors,
                         size_t params)
    : options_(config.config.regularize),
      ramps_(config.ramps),
      seed_(static_cast<uint64_t>(config.config.train.seed)),
      augmenter_(augmentation_of(config), seed_),
      decay_factors_(decay_factors.begin(), decay_factors.end()) {
  if (ramps_.weight_decay == schedule::Ramp()) return;
  if (decay_factors_.empty()) decay_factors_.assign(params, 1);
  decay_now_.resize(decay_factors_.size());
}

model::Regularization Regularizer::at(int64_t step) const {
  return {.dropout = options_.dropout * ramps_.dropout.at(step),
          .attention_dropout = options_.attention_dropout * ramps_.attention_dropout.at(step),
          .label_smoothing = options_.label_smoothing * ramps_.label_smoothing.at(step),
          .seed = seed_};
}

std::span<const double> Regularizer::decay_factors(int64_t step) {
  if (decay_now_.empty()) return decay_factors_;
  const double factor = ramps_.weight_decay.at(step);
  for (size_t i = 0; i < decay_now_.size(); ++i) decay_now_[i] = decay_factors_[i] * factor;
  return decay_now_;
}

void Regularizer::note(int64_t step, StepRecord& record) const {
  const model::Regularization now = at(step);
  record.dropout = now.dropout;
  record.attention_dropout = now.attention_dropout;
  record.label_smoothing = now.label_smoothing;
  record.decay_factor = ramps_.weight_decay.at(step);
}

void check_regularization(const ResolvedConfig& config) {
  const RegularizeOptions& o = config.config.regularize;
  const auto refuse_if = [](bool wrong, const char* option, const std::string& what,
                            const char* hint) {
    if (wrong) throw ConfigError(fmt::format("regularize.{}", option), what, hint);
  };
  const RegularizeOptions defaults;
  refuse_if(o.masked_tokens == 0 && o.mask_span != defaults.mask_span, "mask_span",
            "nothing is masked that could have a span", "set regularize.masked_tokens above 0");
  refuse_if(o.masked_tokens == 0 && o.mask_token != defaults.mask_token, "mask_token",
            "nothing is masked that it could stand for", "set regularize.masked_tokens above 0");
  refuse_if(o.mask_token >= config.config.model.vocab, "mask_token",
            fmt::format("it is outside the vocabulary of the model; got {}, expected 0 to {}",
                        o.mask_token, config.config.model.vocab - 1),
            "a model.vocab that is larger than that of the data leaves room for one");

  const auto check = [&](const char* name, double strength, const schedule::Ramp& ramp) {
    if (ramp == schedule::Ramp()) return;
    refuse_if(strength == 0, "ramps", fmt::format("there is no {} that could have one", name),
              "set the strength, or leave its ramp out");
    refuse_if(strength * ramp.largest() >= 1 && std::string_view(name) != "weight_decay", "ramps",
              fmt::format("{} x {} is no share; expected below 1", strength, ramp.largest()),
              "a ramp is a factor of the strength: 0..1 goes from none to all of it");
  };
  check("dropout", o.dropout, config.ramps.dropout);
  check("attention_dropout", o.attention_dropout, config.ramps.attention_dropout);
  check("label_smoothing", o.label_smoothing, config.ramps.label_smoothing);
  const optim::GroupRules rules = optim::group_rules(config.config.optimizer);
  check("weight_decay", rules.weight_decay, config.ramps.weight_decay);
  const bool turns = optim::group_of(Role::mlp_in, true, rules) == optim::Group::rotational;
  refuse_if(turns && config.ramps.weight_decay.smallest() == 0, "ramps",
            fmt::format("{}: weight decay sets the angle of its matrices, and with a factor of 0 "
                        "they would stand still",
                        config.config.optimizer.name),
            "let the ramp of weight_decay stay above 0");
}

}  // namespace coldstart::train
