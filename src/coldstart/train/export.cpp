#include "coldstart/train/export.h"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "coldstart/core/files.h"
#include "coldstart/io/weights.h"

namespace coldstart::train {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kModelFile = "model.safetensors";
constexpr const char* kConfigFile = "config.json";

[[noreturn]] void refuse(const std::string& what) {
  throw ConfigError("export", what,
                    "Hugging Face format needs GPT-2 (norm = layer, mlp = gelu or relu, position = "
                    "learned, kv_heads = heads) or LLaMA (norm = rms, mlp = swiglu, position = "
                    "rope)");
}

Json gpt2_config(const model::GptConfig& c) {
  if (c.mlp != model::Mlp::gelu && c.mlp != model::Mlp::relu) {
    refuse("GPT-2 has no such MLP; expected mlp = gelu or relu");
  }
  if (c.H_kv != c.H) {
    refuse(fmt::format("GPT-2 has no grouped-query attention; got {} kv_heads, expected {}", c.H_kv,
                       c.H));
  }
  return {{"architectures", {"GPT2LMHeadModel"}},
          {"model_type", "gpt2"},
          {"activation_function", c.mlp == model::Mlp::gelu ? "gelu_new" : "relu"},
          {"n_layer", c.L},
          {"n_embd", c.C},
          {"n_head", c.H},
          {"n_inner", c.F},
          {"n_positions", c.T},
          {"layer_norm_epsilon", kernels::kNormEpsilon},
          {"resid_pdrop", 0.0},
          {"embd_pdrop", 0.0},
          {"attn_pdrop", 0.0}};
}

Json llama_config(const model::GptConfig& c) {
  if (c.norm != kernels::NormKind::rms) refuse("LLaMA has RMSNorm; expected norm = rms");
  if (c.mlp != model::Mlp::swiglu) refuse("LLaMA has a SwiGLU; expected mlp = swiglu");
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"hidden_act", "silu"},
          {"num_hidden_layers", c.L},
          {"hidden_size", c.C},
          {"num_attention_heads", c.H},
          {"num_key_value_heads", c.H_kv},
          {"intermediate_size", c.F},
          {"max_position_embeddings", c.T},
          {"rms_norm_eps", kernels::kNormEpsilon},
          {"rope_theta", c.rope_theta},
          {"attention_bias", c.bias},
          {"mlp_bias", c.bias}};
}

// The same weights in a model with biases, which are zero.
ParamList with_zero_biases(const model::Gpt& gpt) {
  model::GptConfig config = gpt.config();
  config.bias = true;
  ParamList params(model::param_specs(config), gpt.params().dtype());
  for (const Param& p : gpt.params()) {
    std::memcpy(params.named(p.name).weight.raw(), p.weight.raw(),
                static_cast<size_t>(p.weight.bytes()));
  }
  return params;
}

void write_weights(const ParamList& params, io::Naming naming, const std::filesystem::path& path) {
  const io::ForeignTensors tensors(params, io::Which::weights, naming);
  io::SafetensorsWriter writer;
  writer.set_metadata({{"format", "pt"}});  // transformers refuses a file that does not say so
  tensors.add_to(writer);
  writer.write(path);
}

}  // namespace

std::string hf_config_json(const model::GptConfig& c) {
  const bool gpt2 = c.position == model::Position::learned && c.norm == kernels::NormKind::layer;
  if (c.position == model::Position::learned && !gpt2) {
    refuse("GPT-2 has LayerNorm; expected norm = layer");
  }
  Json json = gpt2 ? gpt2_config(c) : llama_config(c);
  json["vocab_size"] = c.V;
  json["tie_word_embeddings"] = c.tied_head;
  // The families' own special tokens may lie outside this vocabulary.
  json["bos_token_id"] = nullptr;
  json["eos_token_id"] = nullptr;
  json["torch_dtype"] = "float32";
  return json.dump(2) + "\n";
}

void export_hf(const model::Gpt& gpt, const std::filesystem::path& directory) {
  const std::string config = hf_config_json(gpt.config());
  for (const char* file : {kModelFile, kConfigFile}) {
    if (std::filesystem::exists(directory / file)) {
      throw ConfigError("export", fmt::format("{} holds a {} already", directory.string(), file),
                        "choose another --out, or remove it");
    }
  }
  make_directories(directory);
  const io::Naming naming = io::hf_naming(gpt.params());
  if (naming == io::Naming::gpt2 && !gpt.config().bias) {
    write_weights(with_zero_biases(gpt), naming, directory / kModelFile);
  } else {
    write_weights(gpt.params(), naming, directory / kModelFile);
  }
  write_file_atomic(directory / kConfigFile, config);
}

}  // namespace coldstart::train
