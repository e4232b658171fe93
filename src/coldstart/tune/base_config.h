// What all runs of an autopilot have in common: the model, the batch and no warmup.
// Test: tests/tune/model_choice_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/train/config.h"
#include "coldstart/tune/work.h"

namespace coldstart::tune {

inline constexpr int64_t kFewestEvalTokens = 2048, kMostEvalTokens = 65536;

struct ChosenBase {
  train::RunConfig config;
  std::string answer;
  std::vector<std::string> reasons, risks, commands;
  int64_t parameters = 0;
  double flops_per_token = 0, tokens_per_s = 0;
};

// The model that --model names, or the one of the ladder that fits throughput, text and budget.
ChosenBase choose_base(const TuneOptions& options, int64_t text_tokens, kernels::Kernels& kernels);

// Steps that so many units of the budget buy, at the speed that was measured.
int64_t steps_for(double units, const TuneOptions& options, const ChosenBase& base);

// ConfigError, with what would do, when it buys too few for any run.
void require_budget(const TuneOptions& options, int64_t steps);

// Tokens of validation text an evaluation takes, so that all of them cost a few percent of a
// production run that sees so many training tokens.
int64_t eval_tokens_for(int64_t production_tokens);

}  // namespace coldstart::tune
