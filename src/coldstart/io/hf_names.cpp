#include "coldstart/io/hf_names.h"

#include <algorithm>
#include <array>

namespace coldstart::io {

namespace {

struct Names {
  std::string_view own, gpt2, llama;  // empty: that family has no such tensor
};

constexpr std::array kOutsideBlocks = {
    Names{"token_embedding.weight", "transformer.wte.weight", "model.embed_tokens.weight"},
    Names{"position_embedding.weight", "transformer.wpe.weight", ""},
    Names{"norm_f.gain", "transformer.ln_f.weight", "model.norm.weight"},
    Names{"norm_f.bias", "transformer.ln_f.bias", ""},
    Names{"head.weight", "lm_head.weight", "lm_head.weight"},
};

// Behind "h.<l>." of ours, "transformer.h.<l>." of GPT-2, "model.layers.<l>." of LLaMA.
constexpr std::array kInBlock = {
    Names{"norm1.gain", "ln_1.weight", "input_layernorm.weight"},
    Names{"norm1.bias", "ln_1.bias", ""},
    Names{"attn.q.weight", "attn.c_attn.weight", "self_attn.q_proj.weight"},
    Names{"attn.k.weight", "attn.c_attn.weight", "self_attn.k_proj.weight"},
    Names{"attn.v.weight", "attn.c_attn.weight", "self_attn.v_proj.weight"},
    Names{"attn.q.bias", "attn.c_attn.bias", "self_attn.q_proj.bias"},
    Names{"attn.k.bias", "attn.c_attn.bias", "self_attn.k_proj.bias"},
    Names{"attn.v.bias", "attn.c_attn.bias", "self_attn.v_proj.bias"},
    Names{"attn.out.weight", "attn.c_proj.weight", "self_attn.o_proj.weight"},
    Names{"attn.out.bias", "attn.c_proj.bias", "self_attn.o_proj.bias"},
    Names{"norm2.gain", "ln_2.weight", "post_attention_layernorm.weight"},
    Names{"norm2.bias", "ln_2.bias", ""},
    Names{"mlp.gate.weight", "", "mlp.gate_proj.weight"},
    Names{"mlp.gate.bias", "", "mlp.gate_proj.bias"},
    Names{"mlp.in.weight", "mlp.c_fc.weight", "mlp.up_proj.weight"},
    Names{"mlp.in.bias", "mlp.c_fc.bias", "mlp.up_proj.bias"},
    Names{"mlp.out.weight", "mlp.c_proj.weight", "mlp.down_proj.weight"},
    Names{"mlp.out.bias", "mlp.c_proj.bias", "mlp.down_proj.bias"},
};

template <class Table>
std::string_view look_up(const Table& table, std::string_view own, Naming naming) {
  const auto row = std::ranges::find(table, own, &Names::own);
  if (row == table.end()) return {};
  return naming == Naming::gpt2 ? row->gpt2 : row->llama;
}

}  // namespace

std::string foreign_name(std::string_view own, Naming naming) {
  if (naming == Naming::own) return std::string(own);
  if (!own.starts_with("h.")) return std::string(look_up(kOutsideBlocks, own, naming));
  const size_t dot = own.find('.', 2);
  if (dot == std::string_view::npos) return {};
  const std::string_view inner = look_up(kInBlock, own.substr(dot + 1), naming);
  if (inner.empty()) return {};
  std::string name = naming == Naming::gpt2 ? "transformer.h." : "model.layers.";
  name.append(own.substr(2, dot - 1)).append(inner);
  return name;
}

bool is_stored_transposed(std::string_view own, Naming naming) {
  return naming == Naming::gpt2 && own.starts_with("h.") && own.ends_with(".weight");
}

bool is_ignored(std::string_view foreign) {
  return foreign.ends_with(".attn.bias") || foreign.ends_with(".attn.masked_bias") ||
         foreign.ends_with(".rotary_emb.inv_freq") || foreign.starts_with("grad/") ||
         foreign == "tokens" || foreign == "targets" || foreign == "logits" || foreign == "loss";
}

}  // namespace coldstart::io
