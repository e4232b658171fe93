// LayerNorm and RMSNorm, with and without the residual, of every kernel set against the reference.
#include <gtest/gtest.h>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr double kTolerance = 1e-5;

struct NormCase {
  int64_t N, C;
  std::string name() const { return fmt::format("N{}_C{}", N, C); }
};

const std::vector<NormCase> kCases = {{1, 1},    {2, 2},   {3, 5},    {5, 7},     {1, 13},
                                      {7, 17},   {13, 31}, {17, 33},  {64, 64},   {65, 65},
                                      {33, 100}, {100, 3}, {31, 129}, {129, 128}, {257, 257}};

class NormTest : public KernelTest<NormCase> {};

// Rows with a mean and a spread of their own, so that a mistaken row shows.
double uneven(double z, int64_t i) { return (z + 2) * static_cast<double>(1 + i % 7); }

TEST_P(NormTest, Forward) {
  const auto [N, C] = shape();
  for (const NormKind kind : {NormKind::layer, NormKind::rms}) {
    for (const bool with_branch : {false, true}) {
      for (const bool with_bias : {false, true}) {
        const bool layer = kind == NormKind::layer;
        if (with_bias && !layer) continue;
        SCOPED_TRACE(fmt::format("layer {} branch {} bias {}", layer, with_branch, with_bias));
        expect_matches(
            [&, n = N, c = C](Workspace& ws, Kernels& kernels) {
              kernels.residual_norm_forward(
                  with_branch ? ws.output("sum", {n, c}) : Tensor(), ws.output("y", {n, c}),
                  layer ? ws.output("mean", {n}) : Tensor(), ws.output("rstd", {n}),
                  ws.input("x", {n, c}, uneven),
                  with_branch ? ws.input("branch", {n, c}) : Tensor(), kind, ws.input("gain", {c}),
                  with_bias ? ws.input("bias", {c}) : Tensor());
            },
            kTolerance);
      }
    }
  }
}

TEST_P(NormTest, ForwardWithTheSumInTheMemoryOfX) {
  const auto [N, C] = shape();
  expect_matches(
      [&, n = N, c = C](Workspace& ws, Kernels& kernels) {
        const Tensor x = ws.in_out("x", {n, c}, uneven);
        kernels.residual_norm_forward(x, ws.output("y", {n, c}), Tensor(), ws.output("rstd", {n}),
                                      x, ws.input("branch", {n, c}), NormKind::rms,
                                      ws.input("gain", {c}), Tensor());
      },
      kTolerance);
}

TEST_P(NormTest, Backward) {
  const auto [N, C] = shape();
  for (const NormKind kind : {NormKind::layer, NormKind::rms}) {
    for (const bool accumulate : {false, true}) {
      for (const bool with_bias : {false, true}) {
        const bool layer = kind == NormKind::layer;
        if (with_bias && !layer) continue;
        if (!accumulate && C < 3) continue;  // the gradient itself cancels to rounding error
        SCOPED_TRACE(fmt::format("layer {} accumulate {} bias {}", layer, accumulate, with_bias));
        expect_matches(
            [&, n = N, c = C](Workspace& ws, Kernels& kernels) {
              const Tensor x = ws.input("x", {n, c}, uneven), gain = ws.input("gain", {c});
              const Tensor mean = layer ? ws.scratch("mean", {n}) : Tensor();
              const Tensor rstd = ws.scratch("rstd", {n});
              ws.oracle().residual_norm_forward(Tensor(), ws.scratch("y", {n, c}), mean, rstd, x,
                                                Tensor(), kind, gain, Tensor());
              kernels.norm_backward(accumulate ? ws.in_out("dx", {n, c}) : ws.output("dx", {n, c}),
                                    ws.output("dgain", {c}),
                                    with_bias ? ws.output("dbias", {c}) : Tensor(),
                                    ws.input("dy", {n, c}), x, mean, rstd, kind, gain, accumulate);
            },
            kTolerance);
      }
    }
  }
}

COLDSTART_KERNEL_SUITE(NormTest, kCases);

}  // namespace
}  // namespace coldstart::kernels
