#include "coldstart/train/resolve_gpt.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::train {

model::GptConfig resolve_gpt(ModelOptions& m, const data::Facts& facts,
                             std::vector<std::string>& reasons) {
  if (m.kv_heads == 0) {
    m.kv_heads = m.heads;
    reasons.push_back(fmt::format("kv_heads {} = heads", m.kv_heads));
  }
  if (m.vocab == 0) {
    m.vocab = facts.vocab;
    reasons.push_back(fmt::format("vocab {} = vocabulary of the data", m.vocab));
  }
  if (m.vocab < facts.vocab)
    throw ConfigError(
        "model.vocab",
        fmt::format("the vocabulary is smaller than that of the data; got {}, expected {} or "
                    "more",
                    m.vocab, facts.vocab),
        "leave model.vocab at 0 to take it from the data");
  if (m.mlp_width == 0 && m.mlp == model::Mlp::swiglu) {
    m.mlp_width = div_up(8 * m.width, int64_t{3} * 32) * 32;
    reasons.push_back(fmt::format("mlp_width {} = 8/3 x width {}, rounded up to a multiple of 32",
                                  m.mlp_width, m.width));
  } else if (m.mlp_width == 0) {
    m.mlp_width = 4 * m.width;
    reasons.push_back(fmt::format("mlp_width {} = 4 x width {}", m.mlp_width, m.width));
  }
  if (m.init_residual_scale == 0) {
    m.init_residual_scale = 1 / std::sqrt(2 * static_cast<double>(m.layers));
    reasons.push_back(fmt::format("init_residual_scale {:.4f} = 1/sqrt(2 x {} layers)",
                                  m.init_residual_scale, m.layers));
  }
  return {.L = m.layers,
          .C = m.width,
          .H = m.heads,
          .H_kv = m.kv_heads,
          .T = m.context,
          .V = m.vocab,
          .F = m.mlp_width,
          .norm = m.norm,
          .mlp = m.mlp,
          .position = m.position,
          .rope_theta = m.rope_theta,
          .bias = m.bias,
          .tied_head = m.tied_head,
          .recompute = m.recompute};
}

}  // namespace coldstart::train
