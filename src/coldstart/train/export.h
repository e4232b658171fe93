// Exports: a model as the directory that Hugging Face transformers loads, config.json and
// model.safetensors.
//
// Two families can be said in that form: GPT-2 (LayerNorm, gelu or relu, learned positions) and
// LLaMA (RMSNorm, SwiGLU, rotary positions). GPT-2 always has biases there, so a model without gets
// zeros. Test: tests/train/export_test.cpp; loaded back by io/weights.h without loss.
#pragma once

#include <filesystem>
#include <string>

#include "coldstart/model/gpt.h"

namespace coldstart::train {

// config.json; ConfigError for a model of neither family.
std::string hf_config_json(const model::GptConfig& config);

// Makes the directory. ConfigError when it holds an exported model already.
void export_hf(const model::Gpt& gpt, const std::filesystem::path& directory);

}  // namespace coldstart::train
