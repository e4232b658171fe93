#include "coldstart/optim/rotational_lion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

TEST(RotationalLion, TurnsByTheGeneralLionAngle) {
  Lab lab({matrix_spec(2, 400)}, {.name = "rotational_lion",
                                  .lr = 0.01,
                                  .rotation_center = false,
                                  .rotation_norm_decay = 0.0});
  const double eta_r = std::sqrt(std::numbers::pi / 2) * std::sqrt(2 * 0.01 * 0.1) *
                       std::sqrt(0.01 + 0.81 * 0.01 / 1.99);
  for (uint64_t t = 0; t < 5; ++t) {
    const auto before = row(lab.params[0].weight, 1);
    lab.draw_gradients(t);
    lab.step();
    EXPECT_NEAR(std::tan(angle_between(before, row(lab.params[0].weight, 1))), eta_r, 1e-11);
  }
}

// Without centering and averaging, b1 = b2, and AdamW's angle it is LionAR.
TEST(RotationalLion, IsLionARWithOtherDefaults) {
  Lab lion({matrix_spec(3, 9)}, {.name = "rotational_lion",
                                 .beta1 = 0.9,
                                 .beta2 = 0.9,
                                 .rotation_center = false,
                                 .rotation_angle = AngleRule::adamw,
                                 .rotation_norm_decay = 0.0}),
      lion_ar({matrix_spec(3, 9)}, {.name = "lion_ar"});
  for (uint64_t t = 0; t < 6; ++t) {
    lion.draw_gradients(t);
    lion_ar.draw_gradients(t);
    lion.step(0.05);
    lion_ar.step(0.05);
    for (size_t i = 0; i < 27; ++i) EXPECT_NEAR(lion.weights()[i], lion_ar.weights()[i], 1e-15);
  }
}

TEST(RotationalLion, VectorsFollowLion) {
  Lab turning({vector_spec(8)}, {.name = "rotational_lion"}),
      lion({vector_spec(8)}, {.name = "lion"});
  for (uint64_t t = 0; t < 4; ++t) {
    turning.draw_gradients(t);
    lion.draw_gradients(t);
    turning.step(0.01);
    lion.step(0.01);
  }
  EXPECT_EQ(turning.weights(), lion.weights());
}

TEST(RotationalLion, HyperballTakesTheSignsOfTheWholeTensor) {
  Lab lab({matrix_spec(3, 8)}, {.name = "rotational_lion", .lr = 0.1, .hyperball = true});
  const double radius = norm(lab.params[0].weight);
  auto expected = lab.weights();
  lab.draw_gradients(1);
  for (size_t i = 0; i < expected.size(); ++i)
    expected[i] -=
        0.1 * radius * std::copysign(1 / std::sqrt(24.0), numbers(lab.params[0].grad)[i]);
  lab.step();
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(lab.weights()[i], expected[i] * radius / norm(expected), 1e-15);
}

}  // namespace
}  // namespace coldstart::optim
