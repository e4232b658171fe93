#include <gtest/gtest.h>

#include "tests/kernels/compare.h"
#include "tests/kernels/finite_difference.h"

namespace coldstart::kernels {
namespace {

double at(Activation act, double z) {
  double y = 0;
  make_reference_kernels()->activation_forward(Tensor(&y, DType::f64, {1}),
                                               Tensor(&z, DType::f64, {1}), act);
  return y;
}

TEST(ReferenceActivation, KnownValues) {
  EXPECT_NEAR(at(Activation::gelu, 1), 0.84119199060827, 1e-13);
  EXPECT_NEAR(at(Activation::gelu, -1), -0.15880800939173, 1e-13);
  EXPECT_EQ(at(Activation::gelu, 0), 0);
  EXPECT_EQ(at(Activation::gelu, 30), 30);
  EXPECT_EQ(at(Activation::gelu, -30), 0);
  EXPECT_EQ(at(Activation::relu, 2), 2);
  EXPECT_EQ(at(Activation::relu, -2), 0);
  EXPECT_EQ(at(Activation::leaky_relu, 2), 2);
  EXPECT_DOUBLE_EQ(at(Activation::leaky_relu, -2), -0.2);
  EXPECT_EQ(at(Activation::none, -2), -2);
}

TEST(ReferenceActivation, DerivativesStayFiniteFarOut) {
  // act'(z) through an identity layer of size 1: dx = 1 * act'(pre).
  double one = 1, dx = 0;
  for (double z : {-1e30, -100.0, 100.0, 1e30}) {
    make_reference_kernels()->linear_backward_input(
        Tensor(&dx, DType::f64, {1, 1}), Tensor(&one, DType::f64, {1, 1}),
        Tensor(&one, DType::f64, {1, 1}), false, Activation::gelu, Tensor(&z, DType::f64, {1, 1}));
    EXPECT_EQ(dx, z > 0 ? 1 : 0) << z;
  }
}

TEST(ReferenceSwiglu, ByHandAndBackwardAgreesWithFiniteDifferences) {
  Workspace ws(DType::f64);
  constexpr int64_t N = 3, F = 5;
  const Tensor gate_up = ws.input("gate_up", {N, 2 * F}), dh = ws.input("dh", {N, F});
  const Tensor h = ws.output("h", {N, F}), dgate_up = ws.output("dgate_up", {N, 2 * F});
  const auto loss = [&] {
    ws.oracle().swiglu_forward(h, gate_up);
    return weighted_sum(h, dh);
  };
  loss();
  const double gate = gate_up.at(2 * F), up = gate_up.at(3 * F);
  EXPECT_DOUBLE_EQ(h.at(F), gate / (1 + std::exp(-gate)) * up);
  ws.oracle().swiglu_backward(dgate_up, dh, gate_up);
  expect_gradient("gate_up", gate_up, dgate_up, loss);
}

}  // namespace
}  // namespace coldstart::kernels
