#include "coldstart/optim/adamw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coldstart/optim/radam.h"
#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

const std::vector<ParamSpec> kSmall = {matrix_spec(5, 7), vector_spec(7)};

// One number of the textbook, exactly as the equation in the header reads.
struct Textbook {
  double w, m = 0, v = 0;
  void step(double g, double lr, double decay, const OptimizerOptions& c, int t) {
    const double b1 = c.beta1.value(), b2 = c.beta2.value();
    m = b1 * m + (1 - b1) * g;
    v = b2 * v + (1 - b2) * g * g;
    const double m_hat = m / (1 - std::pow(b1, t)), v_hat = v / (1 - std::pow(b2, t));
    w = w - lr * decay * w - lr * m_hat / (std::sqrt(v_hat) + c.eps);
  }
};

TEST(AdamW, EqualsTheTextbookAndDecaysMatricesOnly) {
  const OptimizerOptions options{.weight_decay = 0.3, .beta1 = 0.8, .beta2 = 0.9, .eps = 1e-6};
  Lab lab(kSmall, options, DType::f64, 1);
  std::vector<std::vector<Textbook>> twins;
  for (const Param& param : lab.params) {
    auto& twin = twins.emplace_back();
    for (const double w : param.weight.span<double>()) twin.push_back({w});
  }
  for (int step = 0; step < 6; ++step) {
    const double lr = 0.01 * (step + 1), scale = step % 2 == 0 ? 1 : 0.25;
    lab.draw_gradients(static_cast<uint64_t>(step));
    for (size_t p = 0; p < lab.params.size(); ++p) {
      for (size_t i = 0; i < twins[p].size(); ++i) {
        twins[p][i].step(scale * lab.params[p].grad.at(static_cast<int64_t>(i)), lr,
                         lab.params[p].is_matrix() ? 0.3 : 0, options, step + 1);
      }
    }
    lab.step({.step = step, .lr = lr, .grad_scale = scale});
    for (size_t p = 0; p < lab.params.size(); ++p) {
      for (size_t i = 0; i < twins[p].size(); ++i)
        EXPECT_NEAR(lab.weights(p)[i], twins[p][i].w, 1e-12) << "step " << step;
    }
  }
}

TEST(AdamW, TheRrcFactorScalesTheUpdateNotTheDecay) {
  for (const bool by_row : {false, true}) {
    Lab whole(kSmall, {.weight_decay = 0.5}), scaled(kSmall, {.weight_decay = 0.5});
    whole.draw_gradients(1);
    scaled.draw_gradients(1);
    const std::vector<double> before = whole.weights();
    const std::vector<double> of_params = {0.25, 1}, of_rows = {0.25, 0.25, 0.25, 0.25, 0.25, 1};
    StepContext context{.step = 0, .lr = 0.1};
    whole.step(context);
    (by_row ? context.row_scale : context.param_scale) = by_row ? of_rows : of_params;
    scaled.step(context);
    for (size_t i = 0; i < before.size(); ++i) {
      const double decayed = before[i] * (1 - 0.1 * 0.5);
      EXPECT_NEAR(scaled.weights()[i] - decayed, 0.25 * (whole.weights()[i] - decayed), 1e-15);
    }
    EXPECT_EQ(scaled.weights(1), whole.weights(1));
    if (!by_row) {
      EXPECT_EQ(scaled.report[0].factor, 0.25);
    }
  }
}

TEST(AdamW, BiasCorrectionsAreFactorsOfTheMoments) {
  const auto second_update = [](BiasCorrectionM m, BiasCorrectionV v) {
    Lab lab(kSmall,
            {.weight_decay = 0.0, .eps = 1e-30, .bias_correction_m = m, .bias_correction_v = v});
    std::vector<double> before;
    for (uint64_t t = 0; t < 2; ++t) {
      before = lab.weights();
      lab.draw_gradients(t);
      lab.step(1);
    }
    return difference(lab.weights(), before);
  };
  const auto none = second_update(BiasCorrectionM::none, BiasCorrectionV::none);
  for (const auto& [m, m_name] : EnumText<BiasCorrectionM>::names) {
    for (const auto& [v, v_name] : EnumText<BiasCorrectionV>::names) {
      const auto update = second_update(m, v);
      const double factor = correction_factor(m, 0.9, 2) / std::sqrt(correction_factor(v, 0.95, 2));
      for (size_t i = 0; i < none.size(); ++i)
        EXPECT_NEAR(update[i], factor * none[i], 1e-12 * factor) << m_name << " " << v_name;
    }
  }
}

TEST(AdamW, RadamStepsAlongTheMomentumUntilVIsReliable) {
  const OptimizerOptions plain{.weight_decay = 0.0};
  OptimizerOptions original = plain, factor = plain;
  original.radam_mode = RadamMode::original;
  factor.radam_mode = RadamMode::factor;
  Lab adam(kSmall, plain), radam(kSmall, original), stands(kSmall, factor);
  std::vector<double> m(35);
  for (int t = 1; t <= 12; ++t) {
    const auto before = adam.weights(), before_radam = radam.weights(),
               before_stands = stands.weights();
    for (Lab* lab : {&adam, &radam, &stands}) {
      lab->draw_gradients(static_cast<uint64_t>(t));
      lab->step(0.01);
    }
    const double r = radam_rectification(0.95, t);
    for (size_t i = 0; i < m.size(); ++i) {
      m[i] = 0.9 * m[i] + 0.1 * adam.params[0].grad.at(static_cast<int64_t>(i));
      const double u = adam.weights()[i] - before[i];
      const double expected = r > 0 ? r * u : -0.01 * m[i] / (1 - std::pow(0.9, t));
      ASSERT_NEAR(radam.weights()[i] - before_radam[i], expected, 1e-14) << t;
      ASSERT_NEAR(stands.weights()[i] - before_stands[i], r * u, 1e-14) << t;
    }
  }
}

TEST(AdamW, CautiousMovesOnlyWhereUpdateAndGradientAgree) {
  OptimizerOptions options{.weight_decay = 0.0, .cautious = true};
  Lab lab({matrix_spec(8, 8)}, options), free({matrix_spec(8, 8)}, {.weight_decay = 0.0});
  for (uint64_t t = 0; t < 5; ++t) {
    const auto before = lab.weights(), before_free = free.weights();
    lab.draw_gradients(t);
    free.draw_gradients(t);
    lab.step(0.1);
    free.step(0.1);
    const auto delta = difference(lab.weights(), before),
               u = difference(free.weights(), before_free), g = numbers(lab.params[0].grad);
    double agree = 0;
    for (size_t i = 0; i < u.size(); ++i) agree += u[i] * g[i] < 0 ? 1 : 0;  // u is subtracted
    for (size_t i = 0; i < u.size(); ++i)
      EXPECT_NEAR(delta[i], u[i] * g[i] < 0 ? u[i] * 64 / (agree + 1) : 0, 1e-14);
    if (t > 0) {
      EXPECT_LT(agree, 64);
    }
  }
}

// AdamH: W' = R normalise(W - lr R normalise(u)).
TEST(AdamW, HyperballTakesRelativeStepsAtAFixedNorm) {
  Lab lab(kSmall, {.lr = 0.05, .hyperball = true}), plain(kSmall, {.weight_decay = 0.0});
  const double radius = norm(lab.params[0].weight);
  for (uint64_t t = 0; t < 4; ++t) {
    auto expected = lab.weights();
    const auto before = plain.weights();
    lab.draw_gradients(t);
    plain.draw_gradients(t);
    lab.step(0.05);
    plain.step(1);
    const auto u = difference(before, plain.weights());
    for (size_t i = 0; i < u.size(); ++i) expected[i] -= 0.05 * radius * u[i] / norm(u);
    const double stretch = radius / norm(expected);
    for (size_t i = 0; i < u.size(); ++i)
      EXPECT_NEAR(lab.weights()[i], stretch * expected[i], 1e-14);
    EXPECT_NEAR(norm(lab.params[0].weight), radius, 1e-14);
    EXPECT_TRUE(lab.report[0].rotational);
    EXPECT_FALSE(lab.report[1].rotational);
  }
}

TEST(AdamW, ReportsWhatItDid) {
  Lab lab(kSmall, {});
  lab.draw_gradients(1);
  const auto before = lab.weights();
  lab.step(0.01);
  EXPECT_EQ(lab.report[0].step_size, 0.01);
  EXPECT_EQ(lab.report[0].factor, 1);
  EXPECT_EQ(lab.report[0].momentum_decay, 0.9);
  EXPECT_TRUE(lab.report[0].has_momentum);
  const double moved = norm(difference(lab.weights(), before));
  EXPECT_NEAR(std::sqrt(lab.report.total(0).delta_sq), moved, 1e-15);
}

}  // namespace
}  // namespace coldstart::optim
