#include "coldstart/model/softmax_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace coldstart::model {
namespace {

// Two rows by hand: logits (0, ln 3) have softmax (1/4, 3/4).
TEST(SoftmaxLoss, IsThatOfTheFormula) {
  std::vector<double> z = {0, std::log(3.0), 0, std::log(3.0)}, losses(2), dz(4), p(4);
  const Tensor logits(z.data(), DType::f64, {2, 2}), loss(losses.data(), DType::f64, {2}),
      gradient(dz.data(), DType::f64, {2, 2});
  const std::vector<int32_t> targets = {0, -1};
  EXPECT_DOUBLE_EQ(softmax_loss(loss, gradient, logits, targets, 2), std::log(4.0));
  EXPECT_NEAR(dz[0], 2 * (0.25 - 1), 1e-15);
  EXPECT_NEAR(dz[1], 2 * 0.75, 1e-15);
  EXPECT_EQ(dz[2], 0) << "no target";
  EXPECT_EQ(losses[1], 0);
  softmax(p, logits);
  EXPECT_NEAR(p[0], 0.25, 1e-15);
  EXPECT_NEAR(p[3], 0.75, 1e-15);
}

TEST(SoftmaxLoss, LargeLogitsDoNotOverflow) {
  std::vector<float> z = {1e4F, 0, -1e4F}, losses(1);
  const Tensor logits(z.data(), DType::f32, {1, 3}), loss(losses.data(), DType::f32, {1});
  EXPECT_EQ(softmax_loss(loss, Tensor(), logits, std::vector<int32_t>{1}, 1), 1e4);
}

}  // namespace
}  // namespace coldstart::model
