#include "coldstart/adapt/divergence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "coldstart/model/gpt.h"

namespace coldstart::adapt {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(Divergence, WhatIsNotFiniteDivergesAtOnce) {
  EXPECT_TRUE(DivergenceDetector({}).observe(kNan, 1));
  EXPECT_TRUE(DivergenceDetector({}).observe(1, kInf));
  EXPECT_FALSE(DivergenceDetector({}).observe(1, 1));
}

TEST(Divergence, ASpikeThatHealsIsNone) {
  DivergenceDetector detector({.margin = 1, .patience_steps = 3});
  EXPECT_FALSE(detector.observe(5, 1));
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(detector.observe(6.5, 1));
    EXPECT_FALSE(detector.observe(6.5, 1));
    EXPECT_FALSE(detector.observe(5.5, 1));
  }
}

TEST(Divergence, StayingAboveTheFirstLossIsABlowUp) {
  DivergenceDetector detector({.margin = 1, .patience_steps = 3});
  EXPECT_FALSE(detector.observe(5, 1));
  EXPECT_FALSE(detector.observe(7, 1));
  EXPECT_FALSE(detector.observe(7, 1));
  const auto reason = detector.observe(7, 1);
  ASSERT_TRUE(reason);
  EXPECT_NE(reason->find("3 steps"), std::string::npos) << *reason;
}

TEST(Divergence, ARestoredDetectorJudgesAlike) {
  DivergenceDetector first({.margin = 1, .patience_steps = 3});
  first.observe(5, 1);
  first.observe(7, 1);
  first.observe(7, 1);
  DivergenceDetector second({.margin = 1, .patience_steps = 3});
  second.restore(first.state());
  EXPECT_TRUE(second.observe(7, 1));
}

class Locate : public testing::Test {
 protected:
  Locate() : model_({.L = 2, .C = 8, .H = 2, .H_kv = 2, .T = 4, .V = 11, .F = 16}) {
    model_.initialize(1, 0.02, 1);
  }
  std::string locate() {
    const std::vector<int32_t> tokens = {1, 2, 3, 4}, targets = {2, 3, 4, 5};
    model_.forward_backward(*kernels_, {.tokens = tokens, .targets = targets, .B = 1, .T = 4}, 1);
    return locate_nonfinite(model_, *kernels_);
  }
  Tensor weight(const char* name) { return model_.params().named(name).weight; }

  std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_reference_kernels();
  model::Gpt model_;
};

TEST_F(Locate, NamesNothingInASoundModel) { EXPECT_EQ(locate(), ""); }

TEST_F(Locate, NamesTheBrokenWeight) {
  weight("h.1.mlp.in.weight").f32()[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(locate(), "weight h.1.mlp.in.weight");
}

TEST_F(Locate, NamesTheActivationThatOverflowsFirst) {
  // Finite factors whose product is not: about 1e15 * 1e30.
  for (float& w : weight("h.0.norm2.gain").span<float>()) w = 1e15f;
  // One column only: what a norm gives sums to zero.
  for (int row = 0; row < 16; ++row) weight("h.0.mlp.in.weight").f32()[8 * row] = 1e30f;
  EXPECT_EQ(locate(), "activation h.0.mlp.pre");
}

TEST_F(Locate, NamesTheLastGradientWhenOnlyGradientsAreBroken) {
  locate();
  for (const char* name : {"h.0.attn.q.weight", "h.1.attn.q.weight"}) {
    model_.params().named(name).grad.f32()[0] = std::numeric_limits<float>::infinity();
  }
  EXPECT_EQ(locate_nonfinite(model_, *kernels_), "gradient of h.1.attn.q.weight");
}

}  // namespace
}  // namespace coldstart::adapt
