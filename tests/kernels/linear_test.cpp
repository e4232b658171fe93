// Linear layers and matrix products of every kernel set against the reference.
#include <gtest/gtest.h>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr double kTolerance = 3e-6;

struct LinearCase {
  int64_t N, C, K;
  std::string name() const { return fmt::format("N{}_C{}_K{}", N, C, K); }
};

const std::vector<LinearCase> kCases = {
    {1, 1, 1},    {1, 2, 3},     {2, 5, 1},       {3, 7, 13},    {5, 1, 17},
    {7, 31, 2},   {13, 33, 65},  {17, 64, 31},    {31, 17, 100}, {33, 65, 7},
    {64, 64, 64}, {65, 129, 33}, {100, 13, 5},    {129, 100, 3}, {1, 257, 129},
    {257, 3, 65}, {65, 257, 17}, {128, 128, 384}, {129, 65, 257}};

class LinearTest : public KernelTest<LinearCase> {};

TEST_P(LinearTest, Forward) {
  const auto [N, C, K] = shape();
  for (const Activation act :
       {Activation::none, Activation::gelu, Activation::relu, Activation::leaky_relu}) {
    for (const bool with_bias : {false, true}) {
      for (const bool with_pre : {false, true}) {
        SCOPED_TRACE(
            fmt::format("act {} bias {} pre {}", static_cast<int>(act), with_bias, with_pre));
        expect_matches(
            [&, n = N, c = C, k = K](Workspace& ws, Kernels& kernels) {
              kernels.linear_forward(ws.output("y", {n, k}), ws.input("x", {n, c}),
                                     ws.input("w", {k, c}),
                                     with_bias ? ws.input("bias", {k}) : Tensor(), act,
                                     with_pre ? ws.output("pre", {n, k}) : Tensor());
            },
            kTolerance);
      }
    }
  }
}

TEST_P(LinearTest, BackwardInput) {
  const auto [N, C, K] = shape();
  for (const Activation act :
       {Activation::none, Activation::gelu, Activation::relu, Activation::leaky_relu}) {
    for (const bool accumulate : {false, true}) {
      SCOPED_TRACE(fmt::format("act {} accumulate {}", static_cast<int>(act), accumulate));
      expect_matches(
          [&, n = N, c = C, k = K](Workspace& ws, Kernels& kernels) {
            kernels.linear_backward_input(
                accumulate ? ws.in_out("dx", {n, c}) : ws.output("dx", {n, c}),
                ws.input("dy", {n, k}), ws.input("w", {k, c}), accumulate, act,
                act == Activation::none ? Tensor() : ws.input("pre", {n, c}));
          },
          kTolerance);
    }
  }
}

TEST_P(LinearTest, BackwardWeight) {
  const auto [N, C, K] = shape();
  for (const bool with_bias : {false, true}) {
    for (const bool accumulate : {false, true}) {
      SCOPED_TRACE(fmt::format("bias {} accumulate {}", with_bias, accumulate));
      expect_matches(
          [&, n = N, c = C, k = K](Workspace& ws, Kernels& kernels) {
            const auto target = [&](const char* name, std::initializer_list<int64_t> dims) {
              return accumulate ? ws.in_out(name, dims) : ws.output(name, dims);
            };
            kernels.linear_backward_weight(
                target("dw", {k, c}), with_bias ? target("dbias", {k}) : Tensor(),
                ws.input("dy", {n, k}), ws.input("x", {n, c}), accumulate);
          },
          kTolerance);
    }
  }
}

TEST_P(LinearTest, Matmul) {
  const auto [M, K, N] = shape();
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      for (const double beta : {0.0, 1.0, -0.5}) {
        SCOPED_TRACE(fmt::format("transpose {} {} beta {}", ta, tb, beta));
        expect_matches(
            [&, m = M, n = N, k = K](Workspace& ws, Kernels& kernels) {
              const Tensor a = ta ? ws.input("a", {k, m}) : ws.input("a", {m, k});
              const Tensor b = tb ? ws.input("b", {n, k}) : ws.input("b", {k, n});
              const Tensor c = beta == 0 ? ws.output("c", {m, n}) : ws.in_out("c", {m, n});
              kernels.matmul(c, a, ta, b, tb, 0.75, beta);
            },
            kTolerance);
      }
    }
  }
}

TEST_P(LinearTest, Gram) {
  const auto [N, K, unused] = shape();
  for (const bool transpose : {false, true}) {
    for (const double alpha : {1.0, -0.75}) {
      SCOPED_TRACE(fmt::format("transpose {} alpha {}", transpose, alpha));
      expect_matches(
          [&, n = N, k = K](Workspace& ws, Kernels& kernels) {
            const Tensor a = transpose ? ws.input("a", {k, n}) : ws.input("a", {n, k});
            kernels.gram(ws.output("c", {n, n}), a, transpose, alpha);
          },
          kTolerance);
    }
  }
}

COLDSTART_KERNEL_SUITE(LinearTest, kCases);

}  // namespace
}  // namespace coldstart::kernels
