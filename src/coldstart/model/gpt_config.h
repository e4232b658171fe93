// The shape of a GPT, its parameters in order, and its cost. Dimensions are named in gpt.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/kernels/kernels.h"
#include "coldstart/model/model.h"
#include "coldstart/tensor/param.h"

namespace coldstart::model {

enum class Mlp : uint8_t { gelu, relu, leaky_relu, swiglu };
enum class Position : uint8_t { learned, rope };

kernels::Activation activation_of(Mlp mlp);  // none for swiglu, which is a product

struct GptConfig {
  int64_t L = 4;     // layers
  int64_t C = 128;   // width
  int64_t H = 4;     // heads
  int64_t H_kv = 4;  // key/value heads
  int64_t T = 256;   // context length
  int64_t V = 256;   // vocabulary
  int64_t F = 512;   // MLP hidden width
  kernels::NormKind norm = kernels::NormKind::layer;
  Mlp mlp = Mlp::gelu;
  Position position = Position::learned;
  double rope_theta = 10000;
  bool bias = false;       // biases in linear layers and LayerNorm
  bool tied_head = true;   // output head = token embedding
  bool recompute = false;  // keep only the residual stream of each block; recompute the rest in the
                           // backward pass

  int64_t head_size() const { return C / H; }
  int64_t mlp_in_cols() const { return mlp == Mlp::swiglu ? 2 * F : F; }
  bool operator==(const GptConfig&) const = default;
};

inline SequenceShape sequence_shape(const GptConfig& config) { return {config.T, config.T}; }

// "4 layers x 128 wide, 4 heads, context 256, vocabulary 256, layer norm, gelu, learned positions".
std::string describe(const GptConfig& config);

// Throws ConfigError for shapes that make no sense (heads that do not divide the width, an odd head
// size with RoPE, ...).
void validate(const GptConfig& config);

// The parameters in the order of the forward pass; names as in docs/formats.md.
std::vector<ParamSpec> param_specs(const GptConfig& config);
int64_t param_count(const GptConfig& config);

// Model FLOPs of training, a token of a sequence of length T: 6 per parameter that multiplies (all
// but the position table and an untied token table) + 6 L H hs T for causal attention, forward and
// backward; recomputation is not counted.
double train_flops_per_token(const GptConfig& config, int64_t T);

// Where a block's parameters stand in the list. Vectors that do not exist (bias = false) have index
// 0.
struct BlockIndices {
  size_t norm1_gain = 0, norm1_bias = 0, qkv = 0, qkv_bias = 0, out = 0, out_bias = 0;
  size_t norm2_gain = 0, norm2_bias = 0, mlp_in = 0, mlp_in_bias = 0, mlp_out = 0, mlp_out_bias = 0;
};

}  // namespace coldstart::model

template <>
struct coldstart::EnumText<coldstart::kernels::NormKind> {
  using E = kernels::NormKind;
  static constexpr auto names = enum_names<E>({{E::layer, "layer"}, {E::rms, "rms"}});
};
template <>
struct coldstart::EnumText<coldstart::model::Mlp> {
  using E = model::Mlp;
  static constexpr auto names = enum_names<E>(
      {{E::gelu, "gelu"}, {E::relu, "relu"}, {E::leaky_relu, "leaky_relu"}, {E::swiglu, "swiglu"}});
};
template <>
struct coldstart::EnumText<coldstart::model::Position> {
  using E = model::Position;
  static constexpr auto names = enum_names<E>({{E::learned, "learned"}, {E::rope, "rope"}});
};
