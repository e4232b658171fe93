#include <gtest/gtest.h>

#include "tests/kernels/compare.h"
#include "tests/kernels/finite_difference.h"

namespace coldstart::kernels {
namespace {

constexpr int64_t N = 4, C = 6;

TEST(ReferenceNorm, LayerNormMakesMeanZeroAndVarianceOne) {
  Workspace ws(DType::f64);
  const Tensor x = ws.input("x", {N, C}), branch = ws.input("branch", {N, C});
  const Tensor gain = ws.input("gain", {C}, [](double, int64_t) { return 1; });
  const Tensor sum = ws.output("sum", {N, C}), y = ws.output("y", {N, C});
  ws.oracle().residual_norm_forward(sum, y, ws.output("mean", {N}), ws.output("rstd", {N}), x,
                                    branch, NormKind::layer, gain, Tensor());
  for (int64_t n = 0; n < N; ++n) {
    double mean = 0, square = 0;
    for (int64_t c = 0; c < C; ++c) {
      const int64_t i = n * C + c;
      EXPECT_EQ(sum.at(i), x.at(i) + branch.at(i));
      mean += y.at(i) / C;
      square += y.at(i) * y.at(i) / C;
    }
    EXPECT_NEAR(mean, 0, 1e-12);
    EXPECT_NEAR(square, 1, 1e-4);  // epsilon makes it a little less
    EXPECT_LT(square, 1);
  }
}

TEST(ReferenceNorm, RmsNormByHand) {
  Workspace ws(DType::f64);
  const Tensor x = ws.input("x", {1, 2}, [](double, int64_t i) { return i == 0 ? 3 : 4; });
  const Tensor gain = ws.input("gain", {2}, [](double, int64_t i) { return i == 0 ? 1 : 10; });
  const Tensor y = ws.output("y", {1, 2}), rstd = ws.output("rstd", {1});
  ws.oracle().residual_norm_forward(Tensor(), y, Tensor(), rstd, x, Tensor(), NormKind::rms, gain,
                                    Tensor());
  EXPECT_DOUBLE_EQ(rstd.at(0), 1 / std::sqrt(12.5 + 1e-5));
  EXPECT_DOUBLE_EQ(y.at(0), 3 * rstd.at(0));
  EXPECT_DOUBLE_EQ(y.at(1), 40 * rstd.at(0));
}

TEST(ReferenceNorm, SumMayBeTheMemoryOfX) {
  Workspace ws(DType::f64);
  const Tensor x = ws.in_out("x", {N, C}), branch = ws.input("branch", {N, C}),
               gain = ws.input("gain", {C});
  const Tensor sum = ws.output("sum", {N, C}), y = ws.output("y", {N, C}),
               y_alias = ws.output("y_alias", {N, C}), rstd = ws.output("rstd", {N});
  ws.oracle().residual_norm_forward(sum, y, Tensor(), rstd, x, branch, NormKind::rms, gain,
                                    Tensor());
  ws.oracle().residual_norm_forward(x, y_alias, Tensor(), rstd, x, branch, NormKind::rms, gain,
                                    Tensor());
  for (int64_t i = 0; i < N * C; ++i) {
    EXPECT_EQ(x.at(i), sum.at(i));
    EXPECT_EQ(y_alias.at(i), y.at(i));
  }
}

void check_backward(NormKind kind, bool with_bias, bool accumulate) {
  Workspace ws(DType::f64);
  const Tensor x = ws.input("x", {N, C}), gain = ws.input("gain", {C}), dy = ws.input("dy", {N, C});
  const Tensor bias = with_bias ? ws.input("bias", {C}) : Tensor();
  const Tensor mean = ws.scratch("mean", {N}), rstd = ws.scratch("rstd", {N}),
               y = ws.scratch("y", {N, C});
  // With accumulate, dx arrives holding the gradient of a second path: loss += <x, residual>.
  const Tensor residual = ws.input("residual", {N, C});
  const auto loss = [&] {
    ws.oracle().residual_norm_forward(Tensor(), y, mean, rstd, x, Tensor(), kind, gain, bias);
    return weighted_sum(y, dy) + (accumulate ? weighted_sum(x, residual) : 0);
  };
  loss();
  const Tensor dx = ws.output("dx", {N, C}), dgain = ws.output("dgain", {C});
  const Tensor dbias = with_bias ? ws.output("dbias", {C}) : Tensor();
  for (int64_t i = 0; accumulate && i < N * C; ++i) dx.data<double>()[i] = residual.at(i);
  ws.oracle().norm_backward(dx, dgain, dbias, dy, x, mean, rstd, kind, gain, accumulate);
  expect_gradient("x", x, dx, loss);
  expect_gradient("gain", gain, dgain, loss);
  if (with_bias) expect_gradient("bias", bias, dbias, loss);
}

TEST(ReferenceNorm, BackwardAgreesWithFiniteDifferences) {
  for (const bool accumulate : {false, true}) {
    check_backward(NormKind::layer, true, accumulate);
    check_backward(NormKind::layer, false, accumulate);
    check_backward(NormKind::rms, false, accumulate);
  }
}

TEST(ReferenceNorm, RmsNormHasNoBias) {
  Workspace ws(DType::f64);
  EXPECT_THROW(ws.oracle().residual_norm_forward(Tensor(), ws.output("y", {N, C}), Tensor(),
                                                 ws.output("rstd", {N}), ws.input("x", {N, C}),
                                                 Tensor(), NormKind::rms, ws.input("gain", {C}),
                                                 ws.input("bias", {C})),
               std::logic_error);
}

}  // namespace
}  // namespace coldstart::kernels
