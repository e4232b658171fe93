// Activations, SwiGLU and arena operations of every kernel set against the reference.
#include <gtest/gtest.h>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr double kTolerance = 3e-6;

struct ElementwiseCase {
  int64_t N, F;
  std::string name() const { return fmt::format("N{}_F{}", N, F); }
};

const std::vector<ElementwiseCase> kCases = {{1, 1},   {1, 2},     {3, 5},    {2, 13},  {7, 17},
                                             {1, 31},  {5, 33},    {64, 64},  {13, 65}, {3, 100},
                                             {1, 129}, {257, 257}, {65, 1031}};

class ElementwiseTest : public KernelTest<ElementwiseCase> {};

double wide(double z, int64_t) { return 4 * z; }

TEST_P(ElementwiseTest, Activations) {
  const auto [N, F] = shape();
  for (const Activation act :
       {Activation::none, Activation::gelu, Activation::relu, Activation::leaky_relu}) {
    SCOPED_TRACE(static_cast<int>(act));
    expect_matches(
        [&, n = N, f = F](Workspace& ws, Kernels& kernels) {
          kernels.activation_forward(ws.output("y", {n, f}), ws.input("z", {n, f}, wide), act);
        },
        kTolerance);
  }
}

TEST_P(ElementwiseTest, SwigluForward) {
  const auto [N, F] = shape();
  expect_matches(
      [n = N, f = F](Workspace& ws, Kernels& kernels) {
        kernels.swiglu_forward(ws.output("h", {n, f}), ws.input("gate_up", {n, 2 * f}, wide));
      },
      kTolerance);
}

TEST_P(ElementwiseTest, SwigluBackward) {
  const auto [N, F] = shape();
  expect_matches(
      [n = N, f = F](Workspace& ws, Kernels& kernels) {
        kernels.swiglu_backward(ws.output("dgate_up", {n, 2 * f}), ws.input("dh", {n, f}),
                                ws.input("gate_up", {n, 2 * f}, wide));
      },
      kTolerance);
}

TEST_P(ElementwiseTest, SumSquares) {
  const auto [N, F] = shape();
  expect_matches(
      [n = N, f = F](Workspace& ws, Kernels& kernels) {
        ws.result("sum", kernels.sum_squares(ws.input("x", {n, f}, [](double z, int64_t i) {
          return i % 11 == 0 ? 1e3 * z : 1e-3 * z;
        })));
      },
      1e-12);
}

TEST_P(ElementwiseTest, RowDots) {
  const auto [N, F] = shape();
  expect_matches(
      [n = N, f = F](Workspace& ws, Kernels& kernels) {
        std::vector<double> rows(static_cast<size_t>(n)), one(1);
        const Tensor a = ws.input("a", {n, f}), b = ws.input("b", {n, f});
        kernels.row_dots(a, b, rows);
        for (size_t r = 0; r < rows.size(); ++r) ws.result(fmt::format("row {}", r), rows[r]);
        kernels.row_dots(a, a, rows);
        for (size_t r = 0; r < rows.size(); ++r) ws.result(fmt::format("square {}", r), rows[r]);
        kernels.row_dots(a.reshape({n * f}), b.reshape({n * f}), one);
        ws.result("vector", one[0]);
      },
      1e-12);
}

TEST_P(ElementwiseTest, AddScaleFill) {
  const auto [N, F] = shape();
  expect_matches(
      [n = N, f = F](Workspace& ws, Kernels& kernels) {
        kernels.add(ws.in_out("y", {n, f}), ws.input("x", {n, f}));
        kernels.scale(ws.in_out("scaled", {n, f}), -1.0 / 3);
        kernels.fill(ws.output("filled", {n, f}), 0.1);
      },
      2e-7);
}

COLDSTART_KERNEL_SUITE(ElementwiseTest, kCases);

}  // namespace
}  // namespace coldstart::kernels
