#include "coldstart/tune/model_choice.h"

#include <fmt/format.h>

#include <array>

#include "coldstart/core/text.h"
#include "coldstart/model/model_config.h"

namespace coldstart::tune {

namespace {

constexpr std::array kLadder = {
    Size{"xs", 2, 64, 4, 64, 1024},      Size{"s", 3, 96, 4, 128, 1024},
    Size{"m", 4, 128, 4, 128, 2048},     Size{"l", 6, 160, 5, 256, 4096},
    Size{"xl", 6, 256, 8, 256, 4096},    Size{"2xl", 8, 384, 6, 256, 8192},
    Size{"3xl", 12, 512, 8, 512, 16384}, Size{"4xl", 12, 768, 12, 512, 32768}};

std::string describe(const Candidate& c) {
  return fmt::format(
      "{}: {} layers of width {}, context {}, {} parameters; at {} tokens/s the production run "
      "sees "
      "{} tokens, {:.2g} a parameter",
      c.size.name, c.size.layers, c.size.width, c.size.context,
      human_count(static_cast<double>(c.parameters)), human_count(c.tokens_per_s),
      human_count(c.tokens), c.tokens_per_parameter());
}

}  // namespace

std::span<const Size> ladder() { return kLadder; }

void set_size(train::RunConfig& config, const Size& size) {
  config.model.layers = size.layers;
  config.model.width = size.width;
  config.model.heads = size.heads;
  config.model.context = size.context;
  config.train.batch_tokens = size.batch_tokens;
}

Candidate candidate(const Size& size, const Budget& budget, double share, int64_t text_tokens,
                    int64_t vocab, double tokens_per_s) {
  train::RunConfig config;
  set_size(config, size);
  const train::ResolvedConfig resolved = train::resolve(config, vocab);
  Candidate c{.size = size,
              .parameters = model::param_count(resolved.model),
              .flops_per_token = model::train_flops_per_token(resolved.model),
              .tokens_per_s = tokens_per_s};
  const Cost one{.seconds = 1 / tokens_per_s, .tokens = 1, .flops = c.flops_per_token};
  c.tokens = share * budget.amount / one.in(budget.unit);
  c.passes = c.tokens / static_cast<double>(text_tokens);
  return c;
}

ModelChoice choose_model(const Budget& budget, double share, int64_t text_tokens, int64_t vocab,
                         const std::function<double(const Size&)>& speed) {
  ModelChoice choice;
  for (const Size& size : kLadder) {
    const Candidate c = candidate(size, budget, share, text_tokens, vocab, speed(size));
    choice.ladder.push_back(c);
    const bool enough = c.tokens_per_parameter() >= kTokensPerParameter;
    if (enough || choice.ladder.size() == 1) choice.chosen = c;
    if (!enough) break;
  }
  for (const Candidate& c : choice.ladder) choice.reasons.push_back(describe(c));
  choice.reasons.push_back(
      fmt::format("{} is the largest with {} tokens a parameter or more (ours, for bytes and "
                  "budgets of minutes "
                  "to hours)",
                  choice.chosen.size.name, kTokensPerParameter));
  if (choice.chosen.tokens_per_parameter() < kTokensPerParameter)
    choice.risks.push_back(
        fmt::format("even the smallest model of the ladder sees only {:.2g} tokens a parameter: a "
                    "larger budget would help more than any choice",
                    choice.chosen.tokens_per_parameter()));
  if (choice.chosen.passes > kManyPasses)
    choice.risks.push_back(
        fmt::format("the production run reads the text {:.1f} times; beyond {} it may learn it by "
                    "heart, so the "
                    "checkpoint is chosen by validation loss afterwards",
                    choice.chosen.passes, kManyPasses));
  return choice;
}

}  // namespace coldstart::tune
