// The functions themselves, over their whole range, against the C library in double; the kernels
// that use them are held against the reference on every target in cpu_targets_test.cpp.
#include "coldstart/kernels/cpu/simd_math-inl.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

template <class Function>
float one(Function function, float x) {
  const hn::ScalableTag<float> d;
  return hn::GetLane(function(d, hn::Set(d, x)));
}

float exp_of(float x) {
  return one([](auto d, auto v) { return Exp(d, v); }, x);
}

TEST(SimdMath, ExpIsWithinTwoUnitsInTheLastPlace) {
  double worst = 0;
  for (float x = -87.3F; x < 88.7F; x += 0.00137F) {
    const double want = std::exp(static_cast<double>(x));
    worst = std::max(worst, std::abs(exp_of(x) - want) / want);
  }
  EXPECT_LT(worst, 2e-7);
  EXPECT_EQ(exp_of(0), 1);
}

TEST(SimdMath, ExpKnowsItsLimits) {
  EXPECT_EQ(exp_of(-88), 0);
  EXPECT_EQ(exp_of(-kInfinity), 0);
  EXPECT_EQ(exp_of(89), kInfinity);
  EXPECT_EQ(exp_of(kInfinity), kInfinity);
  const float nan = std::numeric_limits<float>::quiet_NaN();  // of either sign
  EXPECT_TRUE(std::isnan(exp_of(nan)));
  EXPECT_TRUE(std::isnan(exp_of(-nan)));
}

TEST(SimdMath, SigmoidIsBoundedAndSymmetric) {
  const auto sigmoid = [](float x) { return one([](auto d, auto v) { return Sigmoid(d, v); }, x); };
  for (float x = -20; x < 20; x += 0.0131F) {
    EXPECT_NEAR(sigmoid(x), 1 / (1 + std::exp(-static_cast<double>(x))), 2e-7) << x;
    EXPECT_NEAR(sigmoid(x) + sigmoid(-x), 1, 2e-7) << x;
  }
  EXPECT_EQ(sigmoid(-1000), 0);
  EXPECT_EQ(sigmoid(1000), 1);
}

// 0.5 z (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))
double gelu(double z) {
  return 0.5 * z * (1 + std::tanh(std::sqrt(2 / M_PI) * (z + 0.044715 * z * z * z)));
}

TEST(SimdMath, GeluAndItsDerivative) {
  for (float z = -12; z < 12; z += 0.0113F) {
    const double got = one([](auto d, auto v) { return Gelu(d, v); }, z);
    EXPECT_NEAR(got, gelu(z), 1e-6 * std::max(1.0F, std::abs(z))) << z;
    const double slope = one([](auto d, auto v) { return GeluDerivative(d, v); }, z);
    const double h = 1e-5, want = (gelu(z + h) - gelu(z - h)) / (2 * h);
    EXPECT_NEAR(slope, want, 3e-6) << z;
  }
}

TEST(SimdMath, TheReluFamilyAtAndAroundZero) {
  const auto value = [](auto tag, float z) {
    return one([](auto d, auto v) { return Activate<decltype(tag)::value>(d, v); }, z);
  };
  const auto slope = [](auto tag, float z) {
    return one([](auto d, auto v) { return ActivateDerivative<decltype(tag)::value>(d, v); }, z);
  };
  constexpr std::integral_constant<Activation, Activation::relu> relu;
  constexpr std::integral_constant<Activation, Activation::leaky_relu> leaky;
  EXPECT_EQ(value(relu, -3), 0);
  EXPECT_EQ(value(relu, 3), 3);
  EXPECT_EQ(slope(relu, 0), 0) << "as in every framework";
  EXPECT_EQ(slope(relu, 3), 1);
  EXPECT_EQ(value(leaky, -3), -3 * static_cast<float>(kLeakySlope));
  EXPECT_EQ(slope(leaky, 0), static_cast<float>(kLeakySlope));
  EXPECT_EQ(slope(leaky, 3), 1);
}

}  // namespace
}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
