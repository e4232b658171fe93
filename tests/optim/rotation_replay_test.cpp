// Replayed angles: every rotational matrix turns by the angle it is told, whatever the optimizer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/optim/group_factors.h"
#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

using testing::HasSubstr;

OptimizerOptions replaying(const std::string& name) {
  OptimizerOptions options{.name = name, .lr = 0.02};
  options.hyperball = name == "adamw" || name == "muon";
  options.rotation_replay = "runs/other";
  return options;
}

// A curve with a high start, a step of exactly 0 and steps far below rounding of float32 weights.
double angle_at(int64_t step, size_t i) {
  if (step == 3) return 0;
  if (step == 4) return 1e-4;
  return 0.6 / (1 + static_cast<double>(step)) + 0.01 * static_cast<double>(i);
}

std::vector<OptimizerOptions> all_that_replay() {
  std::vector<OptimizerOptions> all;
  for (const char* name : {"lion_ar", "rotational_adamw", "rotational_lion", "adamw", "muon"})
    all.push_back(replaying(name));
  for (const char* name : {"rotational_adamw", "rotational_lion"}) {
    all.push_back(replaying(name));
    all.back().hyperball = true;
  }
  all.push_back(replaying("lion_ar"));
  all.back().rotation_granularity = Granularity::tensor;
  all.push_back(replaying("lion_ar"));
  all.back().rotation_center = true;
  all.back().cautious = true;
  return all;
}

TEST(RotationReplay, TheMeasuredAngleIsTheCurve) {
  for (const OptimizerOptions& options : all_that_replay()) {
    for (const DType dtype : {DType::f64, DType::f32}) {
      SCOPED_TRACE(describe(options) + (dtype == DType::f64 ? ", f64" : ", f32"));
      Lab lab({matrix_spec(6, 40), matrix_spec(12, 9, Role::mlp_out), vector_spec(5)}, options,
              dtype);
      // Centering belongs to the start, and is no turn: a first step of angle 0 has it done.
      const std::vector<double> still = {0, 0, 0};
      lab.draw_gradients(99);
      lab.step({.step = 0, .lr = 0.02, .peak_lr = 0.02, .angles = still});
      for (int64_t step = 0; step < 8; ++step) {
        lab.draw_gradients(static_cast<uint64_t>(step));
        const std::vector<double> angles = {angle_at(step, 0), angle_at(step, 1), 0};
        const std::vector<double> before[2] = {lab.weights(0), lab.weights(1)};
        const std::vector<double> gain = lab.weights(2);
        lab.step({.step = step + 1, .lr = 0.02, .peak_lr = 0.02, .angles = angles});
        for (size_t i = 0; i < 2; ++i) {
          EXPECT_NEAR(angle_between(before[i], lab.weights(i)), angles[i], 1e-6) << step;
          EXPECT_NEAR(norm(before[i]) / norm(lab.weights(i)), 1, 1e-6);
          EXPECT_EQ(lab.report[i].angle, std::tan(angles[i]));
        }
        EXPECT_GT(norm(difference(gain, lab.weights(2))), 0) << "a gain follows its own rate";
      }
    }
  }
}

TEST(RotationReplay, TheRateDoesNotMatterToMatrices) {
  for (const OptimizerOptions& options : all_that_replay()) {
    Lab a({matrix_spec(6, 40)}, options), b({matrix_spec(6, 40)}, options);
    for (int64_t step = 0; step < 4; ++step) {
      const std::vector<double> angles = {0.1};
      for (Lab* lab : {&a, &b}) {
        lab->draw_gradients(static_cast<uint64_t>(step));
        lab->step({.step = step, .lr = lab == &a ? 0.02 : 2, .peak_lr = 2, .angles = angles});
      }
    }
    EXPECT_EQ(a.weights(), b.weights()) << describe(options);
  }
}

TEST(RotationReplay, AStepWithoutAnglesIsABug) {
  Lab lab({matrix_spec(6, 40)}, replaying("lion_ar"));
  lab.draw_gradients(1);
  EXPECT_THROW(lab.step(), std::logic_error);
}

std::string error_of(const OptimizerOptions& options) {
  try {
    resolve_options(options);
    return "";
  } catch (const ConfigError& error) {
    return error.message();
  }
}

TEST(RotationReplay, WhatWouldChangeTheAnglesIsRefused) {
  EXPECT_EQ(error_of(replaying("lion_ar")), "");
  const auto refused = [](const std::string& name, const auto& change) {
    OptimizerOptions options = replaying(name);
    change(options);
    return error_of(options);
  };
  EXPECT_THAT(refused("lion_ar", [](auto& o) { o.weight_decay = 0.1; }),
              HasSubstr("[optimizer.weight_decay] the angles are those that rotation_replay"));
  EXPECT_THAT(refused("lion_ar", [](auto& o) { o.rotation_angle = AngleRule::sign; }),
              HasSubstr("[optimizer.rotation_angle]"));
  EXPECT_THAT(
      refused("lion_ar", [](auto& o) { o.inverse_bias_correction = InverseBiasCorrection::rms; }),
      HasSubstr("[optimizer.inverse_bias_correction]"));
  EXPECT_THAT(refused("lion_ar", [](auto& o) { o.row_gain = true; }),
              HasSubstr("[optimizer.row_gain]"));
  EXPECT_THAT(refused("rotational_lion", [](auto& o) { o.rotation_norm_decay = 0.9; }),
              HasSubstr("[optimizer.rotation_norm_decay]"));
  EXPECT_THAT(refused("adamw", [](auto& o) { o.radam_mode = RadamMode::original; }),
              HasSubstr("[optimizer.radam_mode]"));
  EXPECT_THAT(refused("adamw", [](auto& o) { o.hyperball = false; }),
              HasSubstr("[optimizer.rotation_replay] nothing is rotational here"));
  EXPECT_THAT(error_of({.name = "lion_a", .rotation_replay = "runs/other"}),
              HasSubstr("lion_a does not have this option"));
}

TEST(RotationReplay, DefaultsLeaveTheAnglesAlone) {
  const OptimizerOptions o = resolve_options(replaying("rotational_adamw")).options;
  EXPECT_EQ(o.weight_decay.value(), 0);
  EXPECT_EQ(o.rotation_norm_decay.value(), 0);
  EXPECT_TRUE(o.rotation_center.value()) << "as ever";
  EXPECT_TRUE(resolve_options(o).reasons.empty()) << "stable";
}

TEST(RotationReplay, RatesOfTheirOwnAreForWhatDoesNotTurn) {
  const std::vector<ParamSpec> specs = {matrix_spec(6, 40), vector_spec(5)};
  const GroupRules rules = group_rules(resolve_options(replaying("lion_ar")).options);
  EXPECT_EQ(describe_groups(specs, rules)[0], "rotational (angles of runs/other): mlp_in");
  check_group_factors({.lr_factors = "gains=2"}, specs, rules);
  EXPECT_THROW(check_group_factors({.lr_factors = "mlp=2"}, specs, rules), ConfigError);
  EXPECT_THROW(check_group_factors({.layer_decay = 0.5}, specs, rules), ConfigError);
}

}  // namespace
}  // namespace coldstart::optim
