#include "coldstart/io/hf_names.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "coldstart/model/gpt_config.h"

namespace coldstart::io {
namespace {

model::GptConfig gpt2_with_everything() {
  model::GptConfig config;
  config.bias = true;
  config.tied_head = false;
  return config;
}

model::GptConfig llama_with_everything() {
  model::GptConfig config = gpt2_with_everything();
  config.norm = kernels::NormKind::rms;
  config.mlp = model::Mlp::swiglu;
  config.position = model::Position::rope;
  return config;
}

TEST(HfNames, EveryParameterOfBothArchitecturesHasItsForeignName) {
  for (const auto& [config, naming] : {std::pair(gpt2_with_everything(), Naming::gpt2),
                                       std::pair(llama_with_everything(), Naming::llama)}) {
    std::set<std::string> names;
    size_t fused = 0;
    for (const ParamSpec& spec : model::param_specs(config)) {
      const std::string name = foreign_name(spec.name, naming);
      EXPECT_FALSE(name.empty()) << spec.name;
      fused += names.insert(name).second ? 0 : 1;
    }
    // In GPT-2 q, k and v share one weight and one bias: two names fewer for each, a layer.
    EXPECT_EQ(fused, naming == Naming::gpt2 ? static_cast<size_t>(4 * config.L) : 0u);
  }
}

TEST(HfNames, LayerNumbersOfMoreThanOneDigitAreKept) {
  EXPECT_EQ(foreign_name("h.11.mlp.out.weight", Naming::gpt2),
            "transformer.h.11.mlp.c_proj.weight");
  EXPECT_EQ(foreign_name("h.31.norm2.gain", Naming::llama),
            "model.layers.31.post_attention_layernorm.weight");
  EXPECT_EQ(foreign_name("h.31.norm2.gain", Naming::own), "h.31.norm2.gain");
}

TEST(HfNames, WhatAFamilyDoesNotHaveIsEmpty) {
  EXPECT_EQ(foreign_name("position_embedding.weight", Naming::llama), "");
  EXPECT_EQ(foreign_name("h.0.mlp.gate.weight", Naming::gpt2), "");
  EXPECT_EQ(foreign_name("h.0.nothing", Naming::gpt2), "");
  EXPECT_EQ(foreign_name("h.0", Naming::gpt2), "");
}

TEST(HfNames, OnlyTheMatricesOfGpt2BlocksAreTransposed) {
  EXPECT_TRUE(is_stored_transposed("h.0.attn.q.weight", Naming::gpt2));
  EXPECT_FALSE(is_stored_transposed("h.0.attn.q.bias", Naming::gpt2));
  EXPECT_FALSE(is_stored_transposed("h.0.norm1.gain", Naming::gpt2));
  EXPECT_FALSE(is_stored_transposed("token_embedding.weight", Naming::gpt2));
  EXPECT_FALSE(is_stored_transposed("h.0.attn.q.weight", Naming::llama));
}

TEST(HfNames, MasksAndTablesAreIgnoredButBiasesAreNot) {
  EXPECT_TRUE(is_ignored("transformer.h.0.attn.bias"));
  EXPECT_TRUE(is_ignored("h.0.attn.masked_bias"));
  EXPECT_TRUE(is_ignored("model.layers.0.self_attn.rotary_emb.inv_freq"));
  EXPECT_TRUE(is_ignored("grad/transformer.wte.weight"));
  EXPECT_FALSE(is_ignored("transformer.h.0.attn.c_attn.bias"));
  EXPECT_FALSE(is_ignored("transformer.h.0.ln_1.bias"));
}

}  // namespace
}  // namespace coldstart::io
