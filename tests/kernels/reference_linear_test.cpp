#include <gtest/gtest.h>

#include "tests/kernels/compare.h"
#include "tests/kernels/finite_difference.h"

namespace coldstart::kernels {
namespace {

Tensor view(std::vector<double>& v, std::initializer_list<int64_t> shape) {
  return Tensor(v.data(), DType::f64, shape);
}

TEST(ReferenceLinear, ForwardByHand) {
  std::vector<double> x{1, 2, 3, -1, 0, 2}, w{1, 0, -1, 2, 1, 0}, bias{10, 0.5}, y(4), pre(4);
  make_reference_kernels()->linear_forward(view(y, {2, 2}), view(x, {2, 3}), view(w, {2, 3}),
                                           view(bias, {2}), Activation::none, view(pre, {2, 2}));
  EXPECT_EQ(y, (std::vector<double>{8, 4.5, 7, -1.5}));
  EXPECT_EQ(pre, y);
  make_reference_kernels()->linear_forward(view(y, {2, 2}), view(x, {2, 3}), view(w, {2, 3}),
                                           Tensor(), Activation::relu, Tensor());
  EXPECT_EQ(y, (std::vector<double>{0, 4, 0, 0}));
}

// One layer of a network: a = act(pre), z = a w^T + bias, loss = <dz, z>.
void check_backward(Activation act, bool accumulate) {
  constexpr int64_t N = 5, C = 4, K = 3;
  const bool activated = act != Activation::none;
  const auto kernels = make_reference_kernels();
  Workspace ws(DType::f64);
  const Tensor pre = ws.input("pre", {N, C}), w = ws.input("w", {K, C}),
               bias = ws.input("bias", {K}), dz = ws.input("dz", {N, K});
  const Tensor a = ws.scratch("a", {N, C}), z = ws.scratch("z", {N, K});
  const auto loss = [&] {
    kernels->activation_forward(a, pre, act);
    kernels->linear_forward(z, a, w, bias, Activation::none, Tensor());
    return weighted_sum(z, dz);
  };
  loss();
  const Tensor dpre = ws.in_out("dpre", {N, C}), dw = ws.in_out("dw", {K, C}),
               dbias = ws.in_out("dbias", {K});
  const double before[] = {dpre.at(0), dw.at(0), dbias.at(0)};
  kernels->linear_backward_input(dpre, dz, w, accumulate, act, activated ? pre : Tensor());
  kernels->linear_backward_weight(dw, dbias, dz, a, accumulate);
  if (accumulate) {  // subtract what was there: element 0 exactly, the rest from a fresh run
    const Tensor fresh_pre = ws.scratch("fresh_pre", {N, C}),
                 fresh_w = ws.scratch("fresh_w", {K, C}),
                 fresh_bias = ws.scratch("fresh_bias", {K});
    kernels->linear_backward_input(fresh_pre, dz, w, false, act, activated ? pre : Tensor());
    kernels->linear_backward_weight(fresh_w, fresh_bias, dz, a, false);
    EXPECT_DOUBLE_EQ(dpre.at(0), before[0] + fresh_pre.at(0));
    EXPECT_DOUBLE_EQ(dw.at(0), before[1] + fresh_w.at(0));
    EXPECT_DOUBLE_EQ(dbias.at(0), before[2] + fresh_bias.at(0));
    return;
  }
  expect_gradient("pre", pre, dpre, loss);
  expect_gradient("w", w, dw, loss);
  expect_gradient("bias", bias, dbias, loss);
}

TEST(ReferenceLinear, BackwardAgreesWithFiniteDifferences) {
  for (const Activation act :
       {Activation::none, Activation::gelu, Activation::relu, Activation::leaky_relu}) {
    check_backward(act, false);
  }
}

TEST(ReferenceLinear, AccumulateAddsToWhatIsThere) { check_backward(Activation::gelu, true); }

TEST(ReferenceLinear, RefusesWrongShapes) {
  Workspace ws(DType::f64);
  const auto kernels = make_reference_kernels();
  const Tensor x = ws.input("x", {5, 4}), w = ws.input("w", {3, 4}), y = ws.output("y", {5, 3});
  EXPECT_THROW(
      kernels->linear_forward(y, x, ws.input("bad", {3, 5}), Tensor(), Activation::none, Tensor()),
      std::logic_error);
  EXPECT_THROW(kernels->linear_forward(Tensor(), x, w, Tensor(), Activation::none, Tensor()),
               std::logic_error);
  EXPECT_THROW(kernels->linear_backward_input(ws.output("dx", {5, 4}), y, w, false,
                                              Activation::gelu, Tensor()),
               std::logic_error);
  Workspace single(DType::f32);
  EXPECT_THROW(kernels->linear_forward(y, single.input("x", {5, 4}), w, Tensor(), Activation::none,
                                       Tensor()),
               std::logic_error);
}

TEST(ReferenceMatmul, TransposesByHand) {
  std::vector<double> a{1, 2, 3, 4, 5, 6}, b{1, 0, 2, -1, 1, 1}, c(4);
  const auto kernels = make_reference_kernels();
  kernels->matmul(view(c, {2, 2}), view(a, {2, 3}), false, view(b, {3, 2}), false, 1, 0);
  EXPECT_EQ(c, (std::vector<double>{8, 1, 20, 1}));
  kernels->matmul(view(c, {2, 2}), view(a, {2, 3}), false, view(b, {2, 3}), true, 1, 0);
  EXPECT_EQ(c, (std::vector<double>{7, 4, 16, 7}));
  kernels->matmul(view(c, {2, 2}), view(a, {3, 2}), true, view(b, {3, 2}), false, 1, 0);
  EXPECT_EQ(c, (std::vector<double>{12, 2, 16, 2}));
  kernels->matmul(view(c, {2, 2}), view(a, {3, 2}), true, view(b, {2, 3}), true, 1, 0);
  EXPECT_EQ(c, (std::vector<double>{11, 7, 14, 8}));
}

TEST(ReferenceMatmul, AlphaAndBeta) {
  std::vector<double> a{2}, b{3}, c{std::nan("")};
  const auto kernels = make_reference_kernels();
  kernels->matmul(view(c, {1, 1}), view(a, {1, 1}), false, view(b, {1, 1}), false, 0.5, 0);
  EXPECT_EQ(c[0], 3) << "beta = 0 must not read c";
  kernels->matmul(view(c, {1, 1}), view(a, {1, 1}), false, view(b, {1, 1}), false, 1, -2);
  EXPECT_EQ(c[0], 0);
}

}  // namespace
}  // namespace coldstart::kernels
