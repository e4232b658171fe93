#include "coldstart/optim/rotation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "coldstart/optim/momentum_forms.h"
#include "coldstart/optim/registry.h"
#include "coldstart/optim/rotation_options.h"

namespace coldstart::optim {
namespace {

constexpr AngleInputs kInputs{.lr = 1e-3, .peak_lr = 4e-3, .weight_decay = 0.1};

TEST(Rotation, AdamWsAngle) {
  EXPECT_NEAR(target_angle(AngleRule::adamw, kInputs), std::sqrt(2e-4 * 0.1 / 1.9), 1e-15);
  EXPECT_NEAR(target_angle(AngleRule::adamw, kInputs), 3.24e-3, 5e-6);
}

TEST(Rotation, OtherRulesAreFactorsOfIt) {
  const double adamw = target_angle(AngleRule::adamw, kInputs);
  EXPECT_NEAR(target_angle(AngleRule::sibling_lion, kInputs) / adamw, 1.2533, 5e-5);
  EXPECT_NEAR(target_angle(AngleRule::sign, kInputs), std::sqrt(2e-4 / 13.28), 1e-6);
  EXPECT_NEAR(target_angle(AngleRule::linear, kInputs) / adamw, 0.5, 1e-12)
      << "a quarter of the rate: half the root, a quarter of the line";
}

TEST(Rotation, LionsGeneralForm) {
  AngleInputs in = kInputs;
  in.b1 = 0.9;
  in.b2 = 0.99;
  const double by_hand =
      std::sqrt(std::numbers::pi / 2) * std::sqrt(2e-4) * std::sqrt(0.01 + 0.81 * 0.01 / 1.99);
  EXPECT_NEAR(target_angle(AngleRule::sibling_lion, in), by_hand, 1e-15);
  in.b2 = 0.9;
  EXPECT_NEAR(target_angle(AngleRule::sibling_lion, in),
              std::sqrt(std::numbers::pi * 1e-4 * 0.1 / 1.9), 1e-15);
}

TEST(Rotation, SgdsAngles) {
  EXPECT_NEAR(sgd_angle(1e-3, 0.1, 0.9, false), std::sqrt(2e-4 / 1.9), 1e-15);
  EXPECT_NEAR(sgd_angle(1e-3, 0.1, 0.9, true), std::sqrt(2e-4 * 0.1 / 1.9), 1e-15);
}

TEST(Rotation, DependsOnTheProductOfRateAndDecayToTheBit) {
  AngleInputs other = kInputs;
  other.lr /= 2;
  other.peak_lr /= 2;
  other.weight_decay *= 2;
  for (const auto rule :
       {AngleRule::adamw, AngleRule::sign, AngleRule::sibling_lion, AngleRule::linear})
    EXPECT_EQ(target_angle(rule, kInputs), target_angle(rule, other));
}

TEST(RotationOptions, HyperballTakesTheRateItself) {
  OptimizerOptions options{.name = "rotational_lion", .lr = 0.02, .hyperball = true};
  options = resolve_options(options).options;
  const RotationAngle angle = rotation_angle(options, 0.9, 0.99);
  EXPECT_EQ(angle.at(0.02, 0.03), 0.02);
  EXPECT_TRUE(rotational_groups(options, angle).rotates);
  EXPECT_FALSE(sphere_rules(options).project);
  EXPECT_EQ(sphere_rules(options).granularity, Granularity::tensor);
}

TEST(RotationOptions, WithoutDecayNothingRotates) {
  const OptimizerOptions options =
      resolve_options({.name = "lion_ar", .weight_decay = 0.0}).options;
  EXPECT_FALSE(rotational_groups(options, rotation_angle(options, 0.9, 0.9)).rotates);
}

}  // namespace
}  // namespace coldstart::optim
