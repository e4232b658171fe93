// What a trained model writes after a prompt, token by token.
//
// With a tokenizer the prompt is text. Data that brought none (token files of another program) is
// prompted with token ids, and answers with them. Test: tests/train/sample_test.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "coldstart/model/sampler.h"
#include "coldstart/train/load_run.h"

namespace coldstart::train {

// Both: DataError for a token outside the vocabulary. An empty text stands for a line break,
// because no model here was trained to start from nothing; DataError when the run has no tokenizer.
std::vector<int32_t> text_prompt(const LoadedRun& run, const std::string& text);
// DataError when there is no id.
std::vector<int32_t> id_prompt(const LoadedRun& run, std::span<const int64_t> ids);

// Hands out `tokens` tokens that follow the prompt, each as soon as it is drawn.
using TokenSink = std::function<void(int32_t)>;
void sample_tokens(LoadedRun& run, kernels::Kernels& kernels, std::span<const int32_t> prompt,
                   int64_t tokens, const model::SamplerOptions& options, const TokenSink& sink);

// Text after text: any bytes.
std::string sample_text(LoadedRun& run, kernels::Kernels& kernels, const std::string& prompt,
                        int64_t tokens, const model::SamplerOptions& options);

}  // namespace coldstart::train
