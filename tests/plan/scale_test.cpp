#include "coldstart/plan/scale.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

TEST(ScalePosition, IsOnTheDeclaredScale) {
  const HParam lr{.name = "lr", .scale = Scale::log, .lo = 1e-4, .hi = 1e-2};
  EXPECT_NEAR(position(lr, 1e-3), 0.5, 1e-12);
  EXPECT_NEAR(value_at(lr, 0.5), 1e-3, 1e-15);
  EXPECT_NEAR(value_at(lr, 2), 1, 1e-9);  // two decades further up
  const HParam beta{.name = "beta", .scale = Scale::logit, .lo = 0.1, .hi = 0.9};
  EXPECT_NEAR(position(beta, 0.5), 0.5, 1e-12);
  EXPECT_LT(value_at(beta, 5), 1);
  EXPECT_NEAR(position(unit_hparam(), 0.25), 0.25, 1e-12);
}

TEST(ScalePosition, RangesThatTheScaleCannotHold) {
  EXPECT_THROW(check_range({.name = "lr", .scale = Scale::log, .lo = 0, .hi = 1}), ConfigError);
  EXPECT_THROW(check_range({.name = "x", .lo = 2, .hi = 1}), ConfigError);
  EXPECT_THROW(check_range({.name = "b", .scale = Scale::logit, .lo = 0.5, .hi = 1}), ConfigError);
  EXPECT_NO_THROW(check_range({.name = "o", .scale = Scale::choice, .choices = {"a", "b"}}));
}

TEST(ScalePosition, AConditionalValueNeedsItsParent) {
  HParam lr{.name = "adam.lr", .parent = "optimizer", .parent_value = "adam", .lo = 0, .hi = 1};
  Trial trial = point_trial(0.25, 3, "adam.lr");
  EXPECT_FALSE(number_of(trial, lr));
  trial.values["optimizer"] = "momentum";
  EXPECT_FALSE(number_of(trial, lr));
  trial.values["optimizer"] = "adam";
  EXPECT_EQ(number_of(trial, lr), 0.25);
  trial.values["adam.lr"] = "fast";
  EXPECT_THROW(number_of(trial, lr), DataError);
}

}  // namespace
}  // namespace coldstart::plan
