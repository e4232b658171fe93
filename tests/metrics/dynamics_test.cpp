#include "coldstart/metrics/dynamics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::metrics {
namespace {

// D = 13.28, 27.11, 68.67 for an EMA with b = 0.9, 0.95, 0.98.
TEST(SignDynamics, CorrelationOfASignedAverage) {
  EXPECT_NEAR(sign_dynamics(0.1, 0.9, 0.9, 1).correlation, 13.28, 0.01);
  EXPECT_NEAR(sign_dynamics(0.1, 0.95, 0.95, 1).correlation, 27.11, 0.01);
  EXPECT_NEAR(sign_dynamics(0.1, 0.98, 0.98, 1).correlation, 68.67, 0.01);
  EXPECT_NEAR(sign_dynamics(0.1, 0, 0, 1).correlation, 1, 1e-12) << "no memory, no correlation";
}

// Lion(0.9, 0.99) by hand: c = 0.1 g_t + 0.009 sum 0.99^(j-1) g_(t-j).
TEST(SignDynamics, LionHasTwoCoefficients) {
  const double var = 0.01 + 0.009 * 0.009 / (1 - 0.99 * 0.99);
  const double first = (0.1 * 0.009 + 0.009 * 0.009 * 0.99 / (1 - 0.99 * 0.99)) / var;
  double sum = 0, rho = first;
  for (int k = 0; k < 5000; ++k, rho *= 0.99) sum += std::asin(rho);
  EXPECT_NEAR(sign_dynamics(0.1, 0.9, 0.99, 1).correlation, 1 + 4 / M_PI * sum, 1e-6);
}

TEST(Equilibrium, OfAdamW) {
  const Equilibrium e = equilibrium(adamw_dynamics(0.1, 0.9, 0.95), 1e-3).value();
  EXPECT_NEAR(e.angle, 3.24e-3, 1e-5);
  EXPECT_NEAR(e.rms.value(), 0.0707, 1e-4);
  const Equilibrium b1 = equilibrium(adamw_dynamics(1, 0.9, 0.95), 0.01).value();
  EXPECT_NEAR(b1.angle, 0.03244, 1e-5);
}

TEST(Equilibrium, OfLionA) {
  const double gamma = std::sqrt(0.1 / 1.9);
  const Equilibrium e = equilibrium(sign_dynamics(1, 0.9, 0.9, gamma), 0.01).value();
  EXPECT_NEAR(e.angle, 0.0388, 1e-4);
  EXPECT_NEAR(e.rms.value(), std::sqrt(0.01 * gamma * gamma * 13.28 / 2), 1e-5);
}

TEST(Equilibrium, OfSgdHasAnAngleOnly) {
  const auto coupled = equilibrium(sgd_dynamics(0.1, 0.9, false), 0.01);
  EXPECT_NEAR(coupled->angle, std::sqrt(2 * 0.001 / 1.9), 1e-12);
  EXPECT_FALSE(coupled->rms);
  EXPECT_NEAR(equilibrium(sgd_dynamics(0.1, 0.9, true), 0.01)->angle,
              std::sqrt(2 * 0.001 * 0.1 / 1.9), 1e-12);
}

TEST(Equilibrium, NeedsDecayAndARate) {
  EXPECT_FALSE(equilibrium(adamw_dynamics(0, 0.9, 0.95), 0.01));
  EXPECT_FALSE(equilibrium(adamw_dynamics(0.1, 0.9, 0.95), 0));
}

// Reference values of a Monte-Carlo run with 20000 coordinates.
TEST(EarlyUpdateRms, FollowsTheBiasCorrections) {
  const Dynamics both = adamw_dynamics(0.1, 0.9, 0.95);
  EXPECT_NEAR(both.early_update_rms(1), 1, 1e-12);
  EXPECT_NEAR(both.early_update_rms(2), 0.71, 0.005);
  EXPECT_NEAR(both.early_update_rms(10), 0.328, 0.005);
  EXPECT_NEAR(both.early_update_rms(400), 0.2294, 1e-4);
  const Dynamics none = adamw_dynamics(0.1, 0.9, 0.95, false, false);
  EXPECT_NEAR(none.early_update_rms(1), 0.447, 1e-3);
  EXPECT_NEAR(adamw_dynamics(0.1, 0.9, 0.999, false, false).early_update_rms(1), 3.162, 1e-3);
  EXPECT_NEAR(adamw_dynamics(0.1, 0.9, 0.95, false, true).early_update_rms(1), 0.1, 1e-9);
  EXPECT_EQ(sign_dynamics(0.1, 0.9, 0.9, 0.25).early_update_rms(1), 0.25);
}

}  // namespace
}  // namespace coldstart::metrics
