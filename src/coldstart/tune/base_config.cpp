#include "coldstart/tune/base_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/data/bytes_tokenizer.h"
#include "coldstart/model/model_config.h"
#include "coldstart/tune/contenders.h"
#include "coldstart/tune/model_choice.h"
#include "coldstart/tune/speed.h"

namespace coldstart::tune {

namespace {

constexpr double kProductionShare = 0.55;  // of the budget: what the choice of a model counts on
constexpr double kTiming_s = 0.3;          // for each model that is timed
constexpr int64_t kVocab = 256;
constexpr int64_t kEvalShare = 400;  // production tokens / tokens of an evaluation

void set_optimizer(train::RunConfig& config) {
  config.optimizer = {};
  config.optimizer.name = kContenders.front().name;
  config.schedule = {};
}

// As --model says: its tables model, init and regularize, and its batch.
train::RunConfig given_model(const std::string& source) {
  const train::RunConfig loaded = train::load_config(source);
  if (loaded.model.kind != train::ModelKind::gpt)
    throw ConfigError("--model", fmt::format("'{}' is a classifier", source),
                      "tune trains GPTs on text");
  if (loaded.data.tokenizer != train::TokenizerKind::bytes)
    throw ConfigError("--model", fmt::format("'{}' has a subword tokenizer", source),
                      "tune reads bytes: leave data.tokenizer as it is");
  train::RunConfig config;
  config.model = loaded.model;
  config.model.vocab = 0;
  config.init = loaded.init;
  config.regularize = loaded.regularize;
  config.train.batch_tokens = loaded.train.batch_tokens;
  return config;
}

train::RunConfig with_size(const Size& size) {
  train::RunConfig config;
  set_size(config, size);
  config.model.init_std = kInitGain / std::sqrt(static_cast<double>(size.width));
  return config;
}

void describe_given(ChosenBase& chosen, const TuneOptions& options, int64_t text_tokens) {
  const Cost one{.seconds = 1 / chosen.tokens_per_s, .tokens = 1, .flops = chosen.flops_per_token};
  const double tokens = kProductionShare * options.budget.amount / one.in(options.budget.unit);
  const double per_parameter = tokens / static_cast<double>(chosen.parameters);
  const double passes = tokens / static_cast<double>(text_tokens);
  chosen.reasons.push_back(fmt::format(
      "as --model {} says; at {} tokens/s the production run sees {} tokens, {:.2g} a "
      "parameter, {:.2g} passes over the text",
      options.model, human_count(chosen.tokens_per_s), human_count(tokens), per_parameter, passes));
  if (per_parameter < 1)
    chosen.risks.push_back(fmt::format(
        "{:.2g} tokens a parameter are few: a smaller model would learn more in this budget",
        per_parameter));
  if (passes > kManyPasses)
    chosen.risks.push_back(fmt::format(
        "the production run reads the text {:.1f} times; beyond {} it may learn it by heart",
        passes, kManyPasses));
}

}  // namespace

ChosenBase choose_base(const TuneOptions& options, int64_t text_tokens, kernels::Kernels& kernels) {
  ChosenBase chosen;
  if (options.model.empty()) {
    const ModelChoice choice =
        choose_model(options.budget, kProductionShare, text_tokens, kVocab, [&](const Size& size) {
          return training_speed(with_size(size), kVocab, kernels, kTiming_s);
        });
    chosen.config = with_size(choice.chosen.size);
    chosen.reasons = choice.reasons;
    chosen.risks = choice.risks;
    chosen.tokens_per_s = choice.chosen.tokens_per_s;
  } else {
    chosen.config = given_model(options.model);
    chosen.tokens_per_s = training_speed(chosen.config, kVocab, kernels, kTiming_s);
  }
  set_optimizer(chosen.config);
  chosen.config.train.seed = options.seed;
  const train::ResolvedConfig resolved = train::resolve(chosen.config, kVocab, text_tokens);
  chosen.parameters = model::param_count(resolved.model);
  chosen.flops_per_token = model::train_flops_per_token(resolved.model);
  if (!options.model.empty()) describe_given(chosen, options, text_tokens);
  chosen.answer = fmt::format(
      "{}: {} parameters, {} tokens a step", model::describe(resolved.model),
      human_count(static_cast<double>(chosen.parameters)), chosen.config.train.batch_tokens);
  chosen.commands = {tune_command(options) + " --plan-only"};
  return chosen;
}

int64_t steps_for(double units, const TuneOptions& options, const ChosenBase& base) {
  const auto tokens = static_cast<double>(base.config.train.batch_tokens);
  const Cost step{.seconds = tokens / base.tokens_per_s,
                  .tokens = tokens,
                  .flops = tokens * base.flops_per_token};
  return std::max<int64_t>(0, static_cast<int64_t>(units / step.in(options.budget.unit)));
}

void require_budget(const TuneOptions& options, int64_t steps) {
  if (steps >= kFewestSteps) return;
  const double needed = options.budget.amount * static_cast<double>(kFewestTunedSteps) /
                        static_cast<double>(std::max<int64_t>(1, steps));
  throw ConfigError("--budget",
                    fmt::format("{} buys {} steps of this model; a run takes {} at the very least",
                                options.budget_text, steps, kFewestSteps),
                    fmt::format("about {} would do, with room for trials{}",
                                amount_text(options.budget.unit, needed),
                                options.model.empty() ? "" : "; or give a smaller --model"));
}

int64_t eval_tokens_for(int64_t production_tokens) {
  return std::clamp(production_tokens / kEvalShare, kFewestEvalTokens, kMostEvalTokens);
}

}  // namespace coldstart::tune
