#include "coldstart/adapt/clip_parts.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::adapt {
namespace {

using optim::Lab;

TEST(ClipValues, BoundsEveryElementAndCountsThem) {
  std::vector<float> g = {0.5f, -3, 2, -2, 7, 0};
  const Tensor tensor(g.data(), DType::f32, {6});
  EXPECT_EQ(clip_values(tensor, 2), 2);
  EXPECT_EQ(g, (std::vector<float>{0.5f, -2, 2, -2, 2, 0}));
  g[0] = NAN;
  EXPECT_EQ(clip_values(tensor, 1), 4);
  EXPECT_TRUE(std::isnan(g[0])) << "what is wrong stays visible";
}

TEST(RowClip, BoundsRowsByThoseOfTheWeights) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    ParamList params({optim::matrix_spec(3, 2), optim::vector_spec(2)}, dtype);
    const auto kernels =
        dtype == DType::f32 ? kernels::make_cpu_kernels() : kernels::make_reference_kernels();
    // Rows of norm 5, 0 and 10; a vector of norm 13.
    const std::vector<double> weights = {3, 4, 0, 0, 6, 8}, grads = {0.27, 0.36, 1, 0, 3, 4};
    optim::fill(params[0].weight, [&](int64_t i) { return weights[static_cast<size_t>(i)]; });
    optim::fill(params[0].grad, [&](int64_t i) { return grads[static_cast<size_t>(i)]; });
    optim::fill(params[1].weight, [](int64_t i) { return i == 0 ? 5 : 12; });
    optim::fill(params[1].grad, [](int64_t i) { return i == 0 ? 6 : 8; });
    RowClip clip(params, 0.1);
    EXPECT_DOUBLE_EQ(clip.clip(params, *kernels), 3.0 / 4);
    const std::vector<double> expected = {0.27, 0.36, 1e-4, 0, 0.6, 0.8};
    for (int64_t i = 0; i < 6; ++i)
      EXPECT_NEAR(params[0].grad.at(i), expected[static_cast<size_t>(i)], 1e-6) << i;
    EXPECT_NEAR(params[1].grad.at(0), 0.78, 1e-6);
    EXPECT_NEAR(params[1].grad.at(1), 1.04, 1e-6);
  }
}

TEST(UpdateLimit, TheFactorGivesTheAngleWhateverTheDirection) {
  // w = (1, 0); an update (along, across).
  for (const double along : {-2.0, -0.5, 0.0, 0.3}) {
    const double across = 0.7, limit = 0.1;
    const kernels::UpdateSums sums{
        .weight_sq = 1, .delta_sq = along * along + across * across, .weight_delta = along};
    const double f = factor_to_angle(sums, limit);
    EXPECT_GT(f, 0);
    EXPECT_LT(f, 1);
    EXPECT_NEAR(std::atan2(f * across, 1 + f * along), limit, 1e-12) << along;
  }
  EXPECT_EQ(factor_to_angle({.weight_sq = 1, .delta_sq = 0.0001}, 0.1), 1) << "within the limit";
  EXPECT_EQ(factor_to_angle({.weight_sq = 0, .delta_sq = 1}, 0.1), 1) << "zeros move freely";
}

TEST(UpdateLimit, CutsMatricesBackAndTellsTheReport) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    Lab lab({optim::matrix_spec(6, 5), optim::matrix_spec(5, 6), optim::vector_spec(5)},
            {.name = "adamw", .lr = 0.02, .weight_decay = 0.5}, dtype);
    optim::fill_normal(lab.params[1].weight, 5, 100);  // so large that it turns little
    UpdateLimit limit(lab.params, 0.05);
    lab.draw_gradients(1);
    const auto before = lab.weights(0), other = lab.weights(1), vector = lab.weights(2);
    limit.before(lab.params);
    lab.step();
    const auto large = lab.weights(1), free = lab.weights(2);
    EXPECT_GT(optim::angle_between(before, lab.weights(0)), 0.3);
    EXPECT_DOUBLE_EQ(limit.after(lab.params, lab.report), 0.5) << "one of two matrices";
    EXPECT_NEAR(optim::angle_between(before, lab.weights(0)), 0.05, 1e-6);
    EXPECT_EQ(lab.weights(1), large);
    EXPECT_EQ(lab.weights(2), free) << "vectors are let go";
    const auto moved = optim::difference(lab.weights(0), before);
    EXPECT_NEAR(std::sqrt(lab.report.total(0).delta_sq), optim::norm(moved), 1e-6);
  }
}

}  // namespace
}  // namespace coldstart::adapt
