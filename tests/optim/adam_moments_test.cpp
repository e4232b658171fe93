#include "coldstart/optim/adam_moments.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

OptimizerOptions with(VInit v_init, double scale = 1) {
  return {.weight_decay = 0.0, .eps = 1e-30, .v_init = v_init, .v_init_scale = scale};
}

Tensor state(Lab& lab, const std::string& name) {
  for (const NamedTensor& state : lab.optimizer->states())
    if (state.name == name) return state.flat;
  return {};
}

// GI-Adam: v_1 = b2 g^2 + (1-b2) g^2, so the first step shrinks by sqrt(1-b2).
TEST(AdamMoments, StartingAtTheFirstGradientShrinksTheFirstStep) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    Lab lab({matrix_spec(6, 9)}, with(VInit::gradient), dtype);
    lab.draw_gradients(3);
    const auto before = lab.weights();
    lab.step({.step = 0, .lr = 0.5, .grad_scale = 0.25});
    for (const double delta : difference(lab.weights(), before))
      EXPECT_NEAR(std::abs(delta), 0.5 * std::sqrt(1 - 0.95), 1e-7);
    EXPECT_NEAR(state(lab, "v").at(0), std::pow(0.25 * lab.params[0].grad.at(0), 2), 1e-7);
  }
}

TEST(AdamMoments, ItsFirstGradientCountsOnce) {
  Lab lab({matrix_spec(6, 9)}, with(VInit::gradient, 4));
  double v = 0;
  for (uint64_t t = 0; t < 3; ++t) {
    lab.draw_gradients(t);
    const double square = std::pow(lab.params[0].grad.at(5), 2);
    v = 0.95 * (t == 0 ? 4 * square : v) + 0.05 * square;
    lab.step(0.01);
    EXPECT_NEAR(state(lab, "v").at(5), v, 1e-14);
  }
}

TEST(AdamMoments, ARandomStartIsScaledByTheShapeAndTheSameInEveryRun) {
  const int64_t rows = 60, cols = 40;
  Lab a({matrix_spec(rows, cols)}, with(VInit::random, 3)),
      b({matrix_spec(rows, cols)}, with(VInit::random, 3));
  a.draw_gradients(0, 0);  // v_1 = b2 v_0
  b.draw_gradients(0, 0);
  a.step(0);
  b.step(0);
  const auto v = numbers(state(a, "v"));
  EXPECT_EQ(v, numbers(state(b, "v")));
  double mean = 0;
  for (const double value : v) mean += value / 0.95 / static_cast<double>(v.size());
  EXPECT_NEAR(mean, 3.0 / (rows + cols), 0.1 * mean) << "a squared normal number has mean 1";
  EXPECT_NE(v[0], v[1]);
}

TEST(AdamMoments, AStartOfVLeavesWeightsAndMomentumAlone) {
  Lab lab({matrix_spec(6, 9)}, with(VInit::gradient));
  const auto before = lab.weights();
  lab.draw_gradients(1);
  lab.step(0);
  EXPECT_EQ(lab.weights(), before);
  EXPECT_NEAR(state(lab, "m").at(2), 0.1 * lab.params[0].grad.at(2), 1e-16);
}

}  // namespace
}  // namespace coldstart::optim
