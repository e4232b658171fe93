// The oracles A5 and A6 are in oracles_a_test.cpp.
#include "coldstart/optim/lion_a.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

double sign(double x) { return static_cast<double>((x > 0) - (x < 0)); }

struct Case {
  double beta;
  bool nesterov;
  NesterovForm form;
  LionAScale scale;
  InverseBiasCorrection inverse;
};

class LionATextbook : public testing::TestWithParam<Case> {};

TEST_P(LionATextbook, EqualsTheEquation) {
  const Case& c = GetParam();
  Lab lab({matrix_spec(5, 7)}, {.name = "lion_a",
                                .weight_decay = 0.3,
                                .beta = c.beta,
                                .nesterov = c.nesterov,
                                .nesterov_form = c.form,
                                .lion_a_scale = c.scale,
                                .inverse_bias_correction = c.inverse});
  const double b = c.beta;
  const double scale = c.scale == LionAScale::one ? 1
                       : c.scale == LionAScale::gamma
                           ? std::sqrt((1 - b) / (1 + b))
                           : std::sqrt(std::pow(b, 4) * (1 - b) / (1 + b) + std::pow(1 - b * b, 2));
  std::vector<double> w = lab.weights(), m(w.size());
  for (int t = 1; t <= 8; ++t) {
    lab.draw_gradients(static_cast<uint64_t>(t));
    lab.step(0.01);
    const double f = c.inverse == InverseBiasCorrection::none ? 1
                     : c.inverse == InverseBiasCorrection::linear
                         ? 1 - std::pow(b, t)
                         : std::sqrt(1 - std::pow(b, 2 * t));
    for (size_t i = 0; i < w.size(); ++i) {
      const double g = lab.params[0].grad.at(static_cast<int64_t>(i));
      m[i] = b * m[i] + (1 - b) * g;
      const double mixed = c.nesterov ? b * m[i] + (1 - b) * g : m[i];
      w[i] -= 0.01 * 0.3 * w[i] + 0.01 * f * scale * sign(mixed);
      ASSERT_NEAR(lab.weights()[i], w[i], 1e-14) << t;
    }
    EXPECT_NEAR(lab.report[0].factor, f, 1e-15);
    EXPECT_NEAR(lab.report[0].step_size, 0.01 * f * scale, 1e-15);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Options, LionATextbook,
    testing::Values(
        Case{0.9, false, NesterovForm::ema, LionAScale::gamma, InverseBiasCorrection::none},
        Case{0.98, true, NesterovForm::ema, LionAScale::gamma, InverseBiasCorrection::linear},
        Case{0.9, true, NesterovForm::heavy_ball, LionAScale::gamma_nesterov,
             InverseBiasCorrection::rms},
        Case{0.5, false, NesterovForm::ema, LionAScale::one, InverseBiasCorrection::none},
        Case{0, false, NesterovForm::ema, LionAScale::gamma, InverseBiasCorrection::linear}));

TEST(LionA, ACoordinateWithoutADirectionCountsOutOfTheNorm) {
  Lab lab({vector_spec(100)}, {.name = "lion_a"});
  fill(lab.params[0].grad, [](int64_t i) { return i < 19 ? 0 : 1; });
  const auto before = lab.weights();
  lab.step(0.1);
  EXPECT_NEAR(norm(difference(lab.weights(), before)), 0.1 * gamma(0.9) * 9, 1e-14);
  EXPECT_EQ(lab.report.total(0).zero_steps, 19);
}

TEST(LionA, TheRrcFactorIsOnTheUpdateOnly) {
  Lab lab({matrix_spec(4, 4)}, {.name = "lion_a", .weight_decay = 0.5});
  lab.draw_gradients(1);
  const auto before = lab.weights();
  const std::vector<double> factor = {0.3};
  lab.step({.step = 0, .lr = 0.1, .param_scale = factor});
  for (size_t i = 0; i < before.size(); ++i)
    EXPECT_NEAR(std::abs(lab.weights()[i] - 0.95 * before[i]), 0.1 * 0.3 * gamma(0.9), 1e-14);
}

}  // namespace
}  // namespace coldstart::optim
