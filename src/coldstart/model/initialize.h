// Initial weights: a rule for each kind of matrix, K = fan-out (rows), C = fan-in (columns).
//
//   gpt2             N(0, std^2)                                               Radford et al. 2019
//   xavier_normal    N(0, 2/(C+K))      xavier_uniform   U(+-sqrt(6/(C+K)))    Glorot, Bengio 2010
//   kaiming_normal   N(0, gain^2/C)     kaiming_uniform  U(+-gain sqrt(3/C))   He et al. 2015
//   orthogonal       rows (K <= C) or columns are orthonormal                  Saxe et al. 2014
// The gain of the MLP's matrices is that of its activation, 1/sqrt(E[act(z)^2]) for z ~ N(0, 1)
// (relu: sqrt(2)); all others are linear, gain 1. Residual projections are multiplied by
// residual_scale (scaled), left as they are (plain) or 0, which makes every block the identity.
// base_width b, with m = width/b: matrices of the blocks by 1/sqrt(m), an untied head by 1/m, as in
// muP (Yang et al. 2022) for the rule gpt2, whose std knows nothing of the width.
// Gains are 1 and biases 0. Every number is a function of (seed, parameter, element) alone.
// Test: tests/model/initialize_test.cpp.
#pragma once

#include <cstdint>
#include <string_view>

#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"
#include "coldstart/model/gpt_config.h"
#include "coldstart/tensor/param.h"

namespace coldstart::model {

enum class InitRule : uint8_t {
  gpt2,
  xavier_uniform,
  xavier_normal,
  kaiming_uniform,
  kaiming_normal,
  orthogonal
};
enum class ResidualInit : uint8_t { scaled, plain, zero };

struct InitOptions {
  InitRule embedding = InitRule::gpt2;
  InitRule attention = InitRule::gpt2;
  InitRule mlp = InitRule::gpt2;
  InitRule head = InitRule::gpt2;
  ResidualInit residual = ResidualInit::scaled;
  int64_t base_width = 0;

  template <class V>
  void fields(V&& v) {
    v("embedding_rule", embedding,
      {"initial weights of the embeddings, and of a head tied to them"});
    v("attention_rule", attention,
      {"initial weights of queries, keys, values and their projection"});
    v("mlp_rule", mlp, {"initial weights of the MLP"});
    v("head_rule", head, {"initial weights of an untied head"});
    v("residual", residual,
      {"projections into the residual stream: times model.init_residual_scale, as the others, or "
       "zero"});
    v("base_width", base_width,
      {"width that model.init_std was chosen at: from there it shrinks with the width as in muP; 0 "
       "= it does not",
       between(0, 1 << 20)});
  }
};

struct Init {
  double std = 0.02;
  double residual_scale = 1;
  InitOptions rules = {};
};

// What the rules look at in a model.
struct InitShape {
  int64_t C = 0;  // width
  Mlp mlp = Mlp::gelu;
  bool tied_head = false;
  InitShape(int64_t width, Mlp activation, bool tied)
      : C(width), mlp(activation), tied_head(tied) {}
  // NOLINTNEXTLINE(google-explicit-constructor): who has a GPT hands over its configuration
  InitShape(const GptConfig& config) : C(config.C), mlp(config.mlp), tied_head(config.tied_head) {}
};

InitRule rule_of(Role role, const InitOptions& rules);
bool is_residual_projection(Role role);

// The expected root mean square of a parameter's elements at the start.
double initial_rms(const ParamSpec& spec, const InitShape& shape, const Init& init);

void initialize(ParamList& params, const InitShape& shape, const Init& init, uint64_t seed);

// ConfigError for what this model does not have.
void check_init(const InitOptions& rules, const InitShape& shape);

}  // namespace coldstart::model

template <>
struct coldstart::EnumText<coldstart::model::InitRule> {
  using E = model::InitRule;
  static constexpr auto names = enum_names<E>({{E::gpt2, "gpt2"},
                                               {E::xavier_uniform, "xavier_uniform"},
                                               {E::xavier_normal, "xavier_normal"},
                                               {E::kaiming_uniform, "kaiming_uniform"},
                                               {E::kaiming_normal, "kaiming_normal"},
                                               {E::orthogonal, "orthogonal"}});
};
template <>
struct coldstart::EnumText<coldstart::model::ResidualInit> {
  using E = model::ResidualInit;
  static constexpr auto names =
      enum_names<E>({{E::scaled, "scaled"}, {E::plain, "plain"}, {E::zero, "zero"}});
};
