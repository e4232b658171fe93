#include "coldstart/train/dynamics_of.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/optim/momentum_forms.h"
#include "coldstart/optim/registry.h"

namespace coldstart::train {
namespace {

std::optional<metrics::Dynamics> of(const optim::OptimizerOptions& options) {
  return dynamics_of(optim::resolve_options(options).options);
}

TEST(DynamicsOf, AdamW) {
  const auto dynamics = of({});
  ASSERT_TRUE(dynamics);
  EXPECT_EQ(dynamics->weight_decay, 0.1);
  EXPECT_NEAR(dynamics->correlation, 19, 1e-9);
  EXPECT_TRUE(dynamics->adam);
  EXPECT_FALSE(of({.bias_correction_m = optim::BiasCorrectionM::none})->corrects_m);
}

TEST(DynamicsOf, SignUpdates) {
  EXPECT_NEAR(of({.name = "lion_a"})->correlation, optim::sign_long_run_variance(0.9), 1e-6);
  EXPECT_NEAR(of({.name = "lion_a"})->update_rms, optim::gamma(0.9), 1e-12);
  EXPECT_NEAR(of({.name = "lion_a", .nesterov = true})->correlation,
              optim::sign_long_run_variance(0.81, 0.9), 1e-6);
  EXPECT_NEAR(of({.name = "lion"})->correlation, optim::sign_long_run_variance(0.9, 0.99), 1e-6);
  EXPECT_EQ(of({.name = "lion"})->update_rms, 1);
}

TEST(DynamicsOf, Sgd) {
  EXPECT_NEAR(of({.name = "sgd"})->correlation, 1.9, 1e-12);
  EXPECT_NEAR(of({.name = "sgd", .sgd_decoupled = true})->correlation, 19, 1e-12);
}

TEST(DynamicsOf, NothingWhereTheEquilibriumIsNotKnown) {
  EXPECT_FALSE(of({.name = "muon"}));
  EXPECT_FALSE(of({.name = "schedule_free_adamw"}));
  EXPECT_FALSE(of({.name = "lion_a", .cautious = true}));
  EXPECT_FALSE(of({.hyperball = true}));
}

TEST(DynamicsOf, NothingIsKnownWhereARatioOrARampIsAtWork) {
  RunConfig config;
  config.optimizer = optim::resolve_options(config.optimizer).options;
  EXPECT_TRUE(dynamics_of(config));
  config.groups.trust_ratio = optim::TrustRatio::lamb;
  EXPECT_FALSE(dynamics_of(config));
  config.groups.trust_ratio = optim::TrustRatio::none;
  config.regularize.ramps = "weight_decay=1..0@0..5";
  EXPECT_FALSE(dynamics_of(config));
}

}  // namespace
}  // namespace coldstart::train
