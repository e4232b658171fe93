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
