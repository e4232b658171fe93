#include <gtest/gtest.h>

#include "tests/kernels/compare.h"
#include "tests/kernels/finite_difference.h"

namespace coldstart::kernels {
namespace {

constexpr int64_t N = 5, C = 4, V = 7;
const std::vector<int32_t> kTargets{0, 6, -1, 3, 3};

TEST(ReferenceLossHead, ZeroWeightsGiveTheLogOfTheVocabulary) {
  Workspace ws(DType::f64);
  const Tensor w = ws.input("w", {V, C}, [](double, int64_t) { return 0; });
  const Tensor losses = ws.output("losses", {N});
  ws.oracle().loss_head(losses, Tensor(), Tensor(), ws.input("x", {N, C}), w, kTargets, 1);
  for (int64_t n = 0; n < N; ++n) {
    EXPECT_DOUBLE_EQ(losses.at(n), n == 2 ? 0 : std::log(7.0));
  }
}

TEST(ReferenceLossHead, GradientsAgreeWithFiniteDifferences) {
  Workspace ws(DType::f64);
  const Tensor x = ws.input("x", {N, C}), w = ws.input("w", {V, C});
  const Tensor losses = ws.output("losses", {N}), dx = ws.output("dx", {N, C}),
               dw = ws.output("dw", {V, C});
  const double grad_scale = 0.25;
  ws.oracle().loss_head(losses, dx, dw, x, w, kTargets, grad_scale);
  const auto loss = [&] {
    ws.oracle().loss_head(losses, Tensor(), Tensor(), x, w, kTargets, 1);
    double sum = 0;
    for (int64_t n = 0; n < N; ++n) sum += losses.at(n);
    return grad_scale * sum;
  };
  expect_gradient("x", x, dx, loss);
  expect_gradient("w", w, dw, loss);
  for (int64_t c = 0; c < C; ++c) EXPECT_EQ(dx.at(2 * C + c), 0) << "row without a target";
}

TEST(ReferenceLossHead, SmoothedTargetsMixTheUniformDistribution) {
  Workspace ws(DType::f64);
  const Tensor x = ws.input("x", {N, C}), w = ws.input("w", {V, C});
  const Tensor plain = ws.output("plain", {N}), uniform = ws.output("uniform", {N}),
               losses = ws.output("losses", {N}), one = ws.output("one", {N});
  constexpr double kSmoothing = 0.3;
  ws.oracle().loss_head(plain, Tensor(), Tensor(), x, w, kTargets, 1);
  for (int64_t n = 0; n < N; ++n) uniform.data<double>()[n] = 0;
  for (int32_t v = 0; v < V; ++v) {  // the mean over all targets is the uniform one
    ws.oracle().loss_head(one, Tensor(), Tensor(), x, w, std::vector<int32_t>(N, v), 1);
    for (int64_t n = 0; n < N; ++n) uniform.data<double>()[n] += one.at(n) / V;
  }
  ws.oracle().loss_head(losses, Tensor(), Tensor(), x, w, kTargets, {1, kSmoothing});
  for (int64_t n = 0; n < N; ++n) {
    EXPECT_NEAR(losses.at(n),
                n == 2 ? 0 : (1 - kSmoothing) * plain.at(n) + kSmoothing * uniform.at(n), 1e-12);
  }
}

TEST(ReferenceLossHead, SmoothedGradientsAgreeWithFiniteDifferences) {
  Workspace ws(DType::f64);
  const Tensor x = ws.input("x", {N, C}), w = ws.input("w", {V, C});
  const Tensor losses = ws.output("losses", {N}), dx = ws.output("dx", {N, C}),
               dw = ws.output("dw", {V, C});
  ws.oracle().loss_head(losses, dx, dw, x, w, kTargets, {0.25, 0.2});
  const auto loss = [&] {
    ws.oracle().loss_head(losses, Tensor(), Tensor(), x, w, kTargets, {1, 0.2});
    double sum = 0;
    for (int64_t n = 0; n < N; ++n) sum += losses.at(n);
    return 0.25 * sum;
  };
  expect_gradient("x", x, dx, loss);
  expect_gradient("w", w, dw, loss);
}

TEST(ReferenceLossHead, RefusesTargetsOutsideTheVocabulary) {
  Workspace ws(DType::f64);
  const Tensor x = ws.input("x", {1, C}), w = ws.input("w", {V, C}),
               losses = ws.output("losses", {1});
  const auto run = [&](int32_t target) {
    ws.oracle().loss_head(losses, Tensor(), Tensor(), x, w, std::vector<int32_t>{target}, 1);
  };
  EXPECT_THROW(run(7), std::logic_error);
  EXPECT_THROW(run(-2), std::logic_error);
  EXPECT_NO_THROW(run(6));
}

}  // namespace
}  // namespace coldstart::kernels
