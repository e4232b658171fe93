#include <gtest/gtest.h>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

TEST(ReferenceArenaOps, ByHand) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    Workspace ws(dtype);
    const Generator count = [](double, int64_t i) { return static_cast<double>(i + 1); };
    const Tensor y = ws.in_out("y", {3}, count), x = ws.input("x", {3}, count);
    EXPECT_EQ(ws.oracle().sum_squares(y), 14);
    std::vector<double> one(1), three(3);
    ws.oracle().row_dots(y, x, one);
    EXPECT_EQ(one[0], 14) << "a vector is one row";
    ws.oracle().row_dots(y.reshape({3, 1}), x.reshape({3, 1}), three);
    EXPECT_EQ(three, (std::vector<double>{1, 4, 9}));
    ws.oracle().add(y, x);
    EXPECT_EQ(y.at(2), 6);
    ws.oracle().scale(y, -0.5);
    EXPECT_EQ(y.at(0), -1);
    EXPECT_EQ(y.at(2), -3);
    ws.oracle().fill(y, 7);
    EXPECT_EQ(ws.oracle().sum_squares(y), 147);
    ws.expect_memory_intact();
  }
}

TEST(ReferenceArenaOps, SumOfSquaresIsTakenInDouble) {
  // 1 + 4096 * (1e-5)^2: in float32 the small squares would vanish beside 1.
  Workspace ws(DType::f32);
  const Tensor x = ws.input("x", {4097}, [](double, int64_t i) { return i == 0 ? 1 : 1e-5; });
  EXPECT_NEAR(ws.oracle().sum_squares(x) - 1, 4096e-10, 1e-13);
}

}  // namespace
}  // namespace coldstart::kernels
