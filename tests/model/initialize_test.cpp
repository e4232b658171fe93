#include "coldstart/model/initialize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/model/gpt.h"
#include "tests/optim/lab.h"

namespace coldstart::model {
namespace {

constexpr GptConfig kConfig{.L = 2,
                            .C = 64,
                            .H = 2,
                            .H_kv = 2,
                            .T = 48,
                            .V = 96,
                            .F = 256,
                            .mlp = Mlp::relu,
                            .tied_head = false};

InitOptions all(InitRule rule) {
  return {.embedding = rule, .attention = rule, .mlp = rule, .head = rule};
}
ParamSpec spec_of(const std::string& name) {
  for (const ParamSpec& spec : param_specs(kConfig))
    if (spec.name == name) return spec;
  ADD_FAILURE() << name;
  return {};
}
double rms_of(const std::string& name, const Init& init, const GptConfig& config = kConfig) {
  return initial_rms(spec_of(name), config, init);
}

TEST(InitialRms, IsThatOfThePapers) {
  const auto of = [](InitRule rule, const char* name) {
    return rms_of(name, {.std = 0.02, .rules = all(rule)});
  };
  EXPECT_DOUBLE_EQ(of(InitRule::gpt2, "h.0.mlp.in.weight"), 0.02);
  EXPECT_DOUBLE_EQ(of(InitRule::xavier_normal, "h.0.mlp.in.weight"), std::sqrt(2.0 / (64 + 256)));
  EXPECT_DOUBLE_EQ(of(InitRule::xavier_uniform, "h.0.attn.q.weight"), 0.125);
  EXPECT_DOUBLE_EQ(of(InitRule::kaiming_normal, "h.0.mlp.in.weight"), std::sqrt(2.0 / 64));
  EXPECT_DOUBLE_EQ(of(InitRule::kaiming_uniform, "h.0.attn.q.weight"), 0.125) << "linear: gain 1";
  EXPECT_DOUBLE_EQ(of(InitRule::orthogonal, "h.0.mlp.in.weight"), 1.0 / 16);
  EXPECT_EQ(of(InitRule::orthogonal, "norm_f.gain"), 1);
}

TEST(InitialRms, TheGainIsThatOfTheActivation) {
  GptConfig leaky = kConfig;
  leaky.mlp = Mlp::leaky_relu;
  const Init init{.rules = all(InitRule::kaiming_normal)};
  EXPECT_DOUBLE_EQ(rms_of("h.0.mlp.out.weight", init, leaky), std::sqrt(2 / 1.01 / 256));
  // By sampling: a gain keeps E[act^2] gain^2 = 1.
  const Rng rng(1, Stream::test);
  double gelu = 0, silu = 0;
  constexpr int kSamples = 200'000;
  for (uint64_t i = 0; i < kSamples; ++i) {
    const double z = rng.normal(i);
    const double g = 0.5 * z * (1 + std::tanh(std::sqrt(2 / M_PI) * (z + 0.044715 * z * z * z)));
    const double s = z / (1 + std::exp(-z));
    gelu += g * g / kSamples;
    silu += s * s / kSamples;
  }
  GptConfig other = kConfig;
  other.mlp = Mlp::gelu;
  const double with_gelu = rms_of("h.0.mlp.in.weight", init, other);
  EXPECT_NEAR(with_gelu * with_gelu * 64 * gelu, 1, 0.02);
  other.mlp = Mlp::swiglu;
  const double with_silu = rms_of("h.0.mlp.in.weight", init, other);
  EXPECT_NEAR(with_silu * with_silu * 64 * silu, 1, 0.02);
}

TEST(InitialRms, ResidualProjectionsAreScaledPlainOrZero) {
  Init init{.std = 0.02, .residual_scale = 0.5};
  EXPECT_DOUBLE_EQ(rms_of("h.0.attn.out.weight", init), 0.01);
  EXPECT_DOUBLE_EQ(rms_of("h.0.attn.q.weight", init), 0.02);
  init.rules.residual = ResidualInit::plain;
  EXPECT_DOUBLE_EQ(rms_of("h.1.mlp.out.weight", init), 0.02);
  init.rules.residual = ResidualInit::zero;
  EXPECT_EQ(rms_of("h.1.mlp.out.weight", init), 0);
}

TEST(InitialRms, TheWidthScalesAsInMup) {
  const Init init{.std = 0.02, .rules = {.base_width = 16}};  // m = 4
  EXPECT_DOUBLE_EQ(rms_of("h.0.attn.q.weight", init), 0.01);
  EXPECT_DOUBLE_EQ(rms_of("h.0.mlp.in.weight", init), 0.01);
  EXPECT_DOUBLE_EQ(rms_of("head.weight", init), 0.005);
  EXPECT_DOUBLE_EQ(rms_of("token_embedding.weight", init), 0.02);
}

TEST(Initialize, TheWeightsHaveTheRmsThatIsSaid) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const auto& [rule, name] : EnumText<InitRule>::names) {
      SCOPED_TRACE(name);
      Gpt gpt(kConfig, dtype);
      const Init init{.std = 0.02, .residual_scale = 0.5, .rules = all(rule)};
      initialize(gpt.params(), kConfig, init, 7);
      const std::vector<ParamSpec> specs = param_specs(kConfig);
      for (size_t i = 0; i < specs.size(); ++i) {
        const std::vector<double> w = optim::numbers(gpt.params()[i].weight);
        const double expected = initial_rms(specs[i], kConfig, init);
        const double tolerance = rule == InitRule::orthogonal ? 1e-5 : 0.04;
        EXPECT_NEAR(optim::rms(w), expected, tolerance * expected) << specs[i].name;
        if (rule != InitRule::xavier_uniform && rule != InitRule::kaiming_uniform) continue;
        if (specs[i].rows == 0) continue;
        EXPECT_LE(*std::ranges::max_element(w), std::sqrt(3.0) * expected * (1 + 1e-6));
      }
    }
  }
}

TEST(Initialize, TheDefaultIsGptTwosToTheBit) {
  Gpt a(kConfig), b(kConfig);
  a.initialize(5, 0.02, 0.5);
  initialize(b.params(), kConfig, {.std = 0.02, .residual_scale = 0.5}, 5);
  EXPECT_EQ(optim::numbers(a.params().weights()), optim::numbers(b.params().weights()));
  const Param& q = a.params().named("h.1.attn.out.weight");
  const Rng rng(5, Stream::init, static_cast<uint32_t>(a.params().index_of(q.name)));
  EXPECT_EQ(q.weight.f32()[17], static_cast<float>(0.01 * rng.normal(17)));
}

TEST(Initialize, SameBytesForAnyNumberOfThreads) {
  const int before = thread_count();
  std::vector<std::vector<double>> weights;
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    Gpt gpt(kConfig);
    initialize(gpt.params(), kConfig, {.rules = all(InitRule::orthogonal)}, 3);
    weights.push_back(optim::numbers(gpt.params().weights()));
  }
  set_thread_count(before);
  EXPECT_EQ(weights[0], weights[1]);
}

TEST(CheckInit, WhatTheModelDoesNotHaveIsRefused) {
  GptConfig tied = kConfig;
  tied.tied_head = true;
  EXPECT_THROW(check_init({.head = InitRule::orthogonal}, tied), ConfigError);
  EXPECT_NO_THROW(check_init({.head = InitRule::orthogonal}, kConfig));
  EXPECT_THROW(
      check_init(
          {.attention = InitRule::orthogonal, .mlp = InitRule::xavier_normal, .base_width = 64},
          kConfig),
      ConfigError);
  EXPECT_NO_THROW(check_init({.attention = InitRule::orthogonal, .base_width = 64}, kConfig));
}

}  // namespace
}  // namespace coldstart::model
