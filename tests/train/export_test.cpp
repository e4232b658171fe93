#include "coldstart/train/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"
#include "coldstart/io/weights.h"
#include "tests/data/temp_dir.h"
#include "tests/golden/golden.h"

namespace coldstart::train {
namespace {

model::Gpt golden_gpt(const std::string& name) {
  model::Gpt gpt(golden::config(name));
  const auto path = golden::path(name + ".safetensors");
  io::import_weights(io::SafetensorsReader(path), path.string(), gpt.params());
  return gpt;
}

TEST(ExportHf, IsReadBackWithoutLoss) {
  const data::TempDir dir;
  for (const std::string name : {"gpt2_bias", "gpt2", "llama"}) {
    const model::Gpt gpt = golden_gpt(name);
    export_hf(gpt, dir / name);
    model::Gpt again(gpt.config());
    const auto file = dir / name / "model.safetensors";
    io::import_weights(io::SafetensorsReader(file), file.string(), again.params());
    EXPECT_TRUE(std::ranges::equal(gpt.params().weights().span<float>(),
                                   again.params().weights().span<float>()))
        << name;
  }
}

TEST(ExportHf, Gpt2AlwaysHasItsBiases) {
  const data::TempDir dir;
  export_hf(golden_gpt("gpt2"), dir / "out");
  const io::SafetensorsReader file(dir / "out" / "model.safetensors");
  EXPECT_THAT(golden::numbers(file, "transformer.h.1.attn.c_attn.bias"), testing::Each(0.0));
  EXPECT_THAT(golden::numbers(file, "transformer.ln_f.bias"), testing::Each(0.0));
  EXPECT_EQ(file.metadata().at("format"), "pt");
}

TEST(ExportHf, ConfigSaysTheArchitecture) {
  const auto gpt2 = nlohmann::json::parse(hf_config_json(golden::config("gpt2")));
  EXPECT_EQ(gpt2["model_type"], "gpt2");
  EXPECT_EQ(gpt2["n_embd"], 12);
  EXPECT_EQ(gpt2["n_inner"], 48);
  EXPECT_EQ(gpt2["n_positions"], 10);
  EXPECT_EQ(gpt2["vocab_size"], 27);
  EXPECT_EQ(gpt2["tie_word_embeddings"], true);
  const auto llama = nlohmann::json::parse(hf_config_json(golden::config("llama")));
  EXPECT_EQ(llama["model_type"], "llama");
  EXPECT_EQ(llama["num_key_value_heads"], 2);
  EXPECT_EQ(llama["intermediate_size"], 24);
  EXPECT_EQ(llama["tie_word_embeddings"], false);
}

TEST(ExportHf, WhatNoFamilyHasIsRefused) {
  model::GptConfig config = golden::config("gpt2");
  config.mlp = model::Mlp::leaky_relu;
  EXPECT_THROW(hf_config_json(config), ConfigError);
  config = golden::config("gpt2");
  config.H_kv = 1;
  EXPECT_THROW(hf_config_json(config), ConfigError);
  config = golden::config("gpt2");
  config.norm = kernels::NormKind::rms;
  EXPECT_THROW(hf_config_json(config), ConfigError);
  config = golden::config("llama");
  config.mlp = model::Mlp::gelu;
  EXPECT_THROW(hf_config_json(config), ConfigError);
}

TEST(ExportHf, AnExportedModelIsNotWrittenOver) {
  const data::TempDir dir;
  write_file_atomic(dir / "config.json", "{}");
  EXPECT_THROW(export_hf(golden_gpt("llama"), dir.path()), ConfigError);
  EXPECT_EQ(read_file(dir / "config.json"), "{}");
  EXPECT_FALSE(std::filesystem::exists(dir / "model.safetensors"));
}

}  // namespace
}  // namespace coldstart::train
