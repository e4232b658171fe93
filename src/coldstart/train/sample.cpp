#include "coldstart/train/sample.h"

#include "coldstart/core/error.h"
#include "coldstart/model/decoder.h"

namespace coldstart::train {

namespace {
constexpr const char* kWhere = "sample";
}

std::vector<int32_t> id_prompt(const LoadedRun& run, std::span<const int64_t> ids) {
  if (ids.empty()) {
    throw DataError(kWhere, "the prompt holds no token; expected one or more",
                    "give one: --prompt-tokens 0");
  }
  std::vector<int32_t> tokens;
  for (const int64_t id : ids) {
    if (id < 0 || id >= run.config.model.vocab) {
      throw DataError(kWhere,
                      fmt::format("the prompt is outside the vocabulary; got token {}, expected 0 "
                                  "to {}",
                                  id, run.config.model.vocab - 1),
                      "use what occurs in the data that the model was trained on");
    }
    tokens.push_back(narrow<int32_t>(id));
  }
  return tokens;
}

std::vector<int32_t> text_prompt(const LoadedRun& run, const std::string& text) {
  if (run.tokenizer == nullptr) {
    throw DataError(kWhere, "the data of this run brought no tokenizer",
                    "prompt with token ids: --prompt-tokens 1,2,3");
  }
  const std::vector<int32_t> tokens = run.tokenizer->encode(text.empty() ? "\n" : text);
  return id_prompt(run, std::vector<int64_t>(tokens.begin(), tokens.end()));
}

void sample_tokens(LoadedRun& run, kernels::Kernels& kernels, std::span<const int32_t> prompt,
                   int64_t tokens, const model::SamplerOptions& options, const TokenSink& sink) {
  // Rows that pad the vocabulary stand for no text.
  const auto ids =
      static_cast<size_t>(run.tokenizer ? run.tokenizer->vocab_size() : run.config.model.vocab);
  model::Decoder decoder(gpt_of(run, kWhere), kernels);
  model::Sampler sampler(options);
  std::span<const float> logits = decoder.append(prompt);
  for (int64_t i = 0; i < tokens; ++i) {
    const int32_t next = sampler.sample(logits.first(ids));
    sink(next);
    if (i + 1 < tokens) logits = decoder.append(next);
  }
}

std::string sample_text(LoadedRun& run, kernels::Kernels& kernels, const std::string& prompt,
                        int64_t tokens, const model::SamplerOptions& options) {
  std::string text;
  sample_tokens(run, kernels, text_prompt(run, prompt), tokens, options,
                [&](int32_t id) { text += run.tokenizer->token_bytes(id); });
  return text;
}

}  // namespace coldstart::train
