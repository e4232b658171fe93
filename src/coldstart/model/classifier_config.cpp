#include "coldstart/model/classifier_config.h"

#include "coldstart/core/error.h"

namespace coldstart::model {

void validate(const ClassifierConfig& c) {
  const auto positive = [](const char* name, int64_t value, int64_t least) {
    if (value < least)
      throw ConfigError(
          "model", fmt::format("{} is too small; got {}, expected {} or more", name, value, least),
          "");
  };
  positive("layers", c.L, 1);
  positive("width", c.C, 1);
  positive("context", c.T, 1);
  positive("vocab", c.V, 2);
  positive("classes", c.classes, 2);
  positive("mlp_width", c.F, 1);
  positive("embedding", c.E, 0);
  if (c.activation == Mlp::swiglu)
    throw ConfigError("model.mlp", "a classifier has no gates; got swiglu",
                      "choose relu, leaky_relu or gelu");
}

std::vector<ParamSpec> param_specs(const ClassifierConfig& c) {
  std::vector<ParamSpec> specs;
  const auto norm = [&](const std::string& name, int layer) {
    specs.push_back({name + ".gain", Role::norm_gain, layer, 0, c.C});
    if (c.bias && c.norm == kernels::NormKind::layer)
      specs.push_back({name + ".bias", Role::norm_bias, layer, 0, c.C});
  };
  const auto linear = [&](const std::string& name, Role role, int layer, int64_t rows,
                          int64_t cols) {
    specs.push_back({name + ".weight", role, layer, rows, cols});
    if (c.bias) specs.push_back({name + ".bias", Role::linear_bias, layer, 0, rows});
  };
  if (c.E > 0) specs.push_back({"token_embedding.weight", Role::token_embedding, -1, c.V, c.E});
  if (c.net == Net::residual) linear("input", Role::mlp_in, -1, c.C, c.inputs());
  for (int64_t l = 0; l < c.L; ++l) {
    const int layer = static_cast<int>(l);
    const std::string h = fmt::format("h.{}.", l);
    if (c.net == Net::mlp) {
      linear(h + "mlp.in", Role::mlp_in, layer, c.C, l == 0 ? c.inputs() : c.C);
      continue;
    }
    norm(h + "norm", layer);
    linear(h + "mlp.in", Role::mlp_in, layer, c.F, c.C);
    linear(h + "mlp.out", Role::mlp_out, layer, c.C, c.F);
  }
  if (c.net == Net::residual) norm("norm_f", -1);
  linear("head", Role::head, -1, c.classes, c.C);
  return specs;
}

std::string describe(const ClassifierConfig& c) {
  const std::string layers =
      c.net == Net::mlp
          ? fmt::format("mlp of {} hidden layers x {} wide", c.L, c.C)
          : fmt::format("residual network of {} blocks x {} wide ({} hidden), {} norm", c.L, c.C,
                        c.F, enum_name(c.norm));
  const std::string input =
      c.E > 0 ? fmt::format("{} bytes embedded in {}", c.T, c.E) : fmt::format("{} numbers", c.T);
  return fmt::format("{}, {}, {}, on {}, {} classes", layers, enum_name(c.activation),
                     c.bias ? "biases" : "no biases", input, c.classes);
}

InitShape init_shape(const ClassifierConfig& c) { return {c.C, c.activation, false}; }

double train_flops_per_token(const ClassifierConfig& c) {
  double weights = 0;
  for (const ParamSpec& spec : param_specs(c))
    if (spec.role != Role::token_embedding)
      weights += static_cast<double>(spec.rows) * static_cast<double>(spec.cols);
  return 6 * weights / static_cast<double>(c.T);
}

}  // namespace coldstart::model
