#include "coldstart/model/gpt_config.h"

#include "coldstart/core/error.h"

namespace coldstart::model {

kernels::Activation activation_of(Mlp mlp) {
  switch (mlp) {
    case Mlp::gelu:
      return kernels::Activation::gelu;
    case Mlp::relu:
      return kernels::Activation::relu;
    case Mlp::leaky_relu:
      return kernels::Activation::leaky_relu;
    case Mlp::swiglu:
      break;
  }
  return kernels::Activation::none;
}

std::string describe(const GptConfig& c) {
  return fmt::format(
      "{} layers x {} wide, {} heads{}, context {}, vocabulary {}, {} norm, {}, {} positions", c.L,
      c.C, c.H, c.H_kv == c.H ? "" : fmt::format(" ({} kv)", c.H_kv), c.T, c.V, enum_name(c.norm),
      enum_name(c.mlp), enum_name(c.position));
}

void validate(const GptConfig& c) {
  const auto positive = [](const char* name, int64_t value) {
    if (value < 1)
      throw ConfigError(
          "model", fmt::format("{} is too small; got {}, expected 1 or more", name, value), "");
  };
  positive("layers", c.L);
  positive("width", c.C);
  positive("heads", c.H);
  positive("kv_heads", c.H_kv);
  positive("context", c.T);
  positive("vocab", c.V);
  positive("mlp_width", c.F);
  if (c.C % c.H != 0) {
    throw ConfigError("model",
                      fmt::format("heads must divide width; got {} heads and width {}", c.H, c.C),
                      fmt::format("choose a width that is a multiple of {}", c.H));
  }
  if (c.H % c.H_kv != 0) {
    throw ConfigError(
        "model", fmt::format("kv_heads must divide heads; got {} and {}", c.H_kv, c.H),
        "kv_heads = heads is ordinary attention, kv_heads = 1 shares one key and value head");
  }
  if (c.position == Position::rope && c.head_size() % 2 != 0) {
    throw ConfigError(
        "model",
        fmt::format("rotary positions need an even head size; got {} = width {} / heads {}",
                    c.head_size(), c.C, c.H),
        "change width or heads, or use position = \"learned\"");
  }
}

std::vector<ParamSpec> param_specs(const GptConfig& c) {
  std::vector<ParamSpec> specs;
  const bool norm_bias = c.bias && c.norm == kernels::NormKind::layer;
  const auto norm = [&](const std::string& name, int layer) {
    specs.push_back({name + ".gain", Role::norm_gain, layer, 0, c.C});
    if (norm_bias) specs.push_back({name + ".bias", Role::norm_bias, layer, 0, c.C});
  };
  // One or more matrices that share their input and stand side by side, then their biases, side by
  // side too.
  struct Matrix {
    std::string name;
    Role role;
    int64_t rows;
  };
  const auto linear = [&](const std::vector<Matrix>& matrices, int layer, int64_t cols) {
    for (size_t i = 0; i < matrices.size(); ++i) {
      specs.push_back(
          {matrices[i].name + ".weight", matrices[i].role, layer, matrices[i].rows, cols, i > 0});
    }
    if (!c.bias) return;
    for (size_t i = 0; i < matrices.size(); ++i) {
      specs.push_back(
          {matrices[i].name + ".bias", Role::linear_bias, layer, 0, matrices[i].rows, i > 0});
    }
  };

  specs.push_back({"token_embedding.weight", Role::token_embedding, -1, c.V, c.C});
  if (c.position == Position::learned) {
    specs.push_back({"position_embedding.weight", Role::position_embedding, -1, c.T, c.C});
  }
  for (int64_t l = 0; l < c.L; ++l) {
    const int layer = static_cast<int>(l);
    const std::string h = fmt::format("h.{}.", l);
    const int64_t kv_rows = c.H_kv * c.head_size();
    norm(h + "norm1", layer);
    linear({{h + "attn.q", Role::attention_query, c.C},
            {h + "attn.k", Role::attention_key, kv_rows},
            {h + "attn.v", Role::attention_value, kv_rows}},
           layer, c.C);
    linear({{h + "attn.out", Role::attention_output, c.C}}, layer, c.C);
    norm(h + "norm2", layer);
    if (c.mlp == Mlp::swiglu) {
      linear({{h + "mlp.gate", Role::mlp_gate, c.F}, {h + "mlp.in", Role::mlp_in, c.F}}, layer,
             c.C);
    } else {
      linear({{h + "mlp.in", Role::mlp_in, c.F}}, layer, c.C);
    }
    linear({{h + "mlp.out", Role::mlp_out, c.C}}, layer, c.F);
  }
  norm("norm_f", -1);
  if (!c.tied_head) specs.push_back({"head.weight", Role::head, -1, c.V, c.C});
  return specs;
}

int64_t param_count(const GptConfig& config) {
  int64_t count = 0;
  for (const ParamSpec& spec : param_specs(config))
    count += (spec.rows == 0 ? 1 : spec.rows) * spec.cols;
  return count;
}

double train_flops_per_token(const GptConfig& c, int64_t T) {
  int64_t multiplying = param_count(c);
  if (c.position == Position::learned) multiplying -= c.T * c.C;
  if (!c.tied_head) multiplying -= c.V * c.C;
  return 6.0 * static_cast<double>(multiplying) + 6.0 * static_cast<double>(c.L * c.C * T);
}

}  // namespace coldstart::model
