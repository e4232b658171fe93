// The oracles A7, A9 and C20 are in oracles_a_test.cpp.
#include "coldstart/optim/lion_ar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

double sign(double x) { return static_cast<double>((x > 0) - (x < 0)); }

struct Twin {  // the listing of the header, one row
  std::vector<double> w, m;
  double rho;
  bool center = false;

  explicit Twin(std::vector<double> weights) : w(std::move(weights)), m(w.size()), rho(norm(w)) {}

  void step(const std::vector<double>& g, double b, bool nesterov, double angle) {
    const auto n = static_cast<double>(w.size());
    std::vector<double> u(w.size());
    double mean = 0, along = 0;
    for (size_t i = 0; i < w.size(); ++i) {
      m[i] = b * m[i] + (1 - b) * g[i];
      u[i] = sign(nesterov ? b * m[i] + (1 - b) * g[i] : m[i]);
      mean += u[i] / n;
    }
    if (center)
      for (double& value : u) value -= mean;
    for (size_t i = 0; i < w.size(); ++i) along += u[i] * w[i];
    for (size_t i = 0; i < w.size(); ++i) u[i] -= w[i] * along / (rho * rho);
    const double length = norm(u);
    for (size_t i = 0; i < w.size(); ++i) w[i] -= angle * rho * u[i] / length;
    const double stretch = rho / norm(w);
    for (double& value : w) value *= stretch;
  }
};

void center_row(Twin& twin) {
  double mean = 0;
  for (const double value : twin.w) mean += value / static_cast<double>(twin.w.size());
  for (double& value : twin.w) value -= mean;
  const double stretch = twin.rho / norm(twin.w);
  for (double& value : twin.w) value *= stretch;
  twin.center = true;
}

TEST(LionAR, EqualsTheListing) {
  for (const bool center : {false, true}) {
    Lab lab({matrix_spec(4, 31)}, {.name = "lion_ar",
                                   .weight_decay = 0.2,
                                   .beta = 0.98,
                                   .nesterov = true,
                                   .inverse_bias_correction = InverseBiasCorrection::linear,
                                   .rotation_center = center});
    std::vector<Twin> twins;
    for (int64_t r = 0; r < 4; ++r) {
      twins.emplace_back(row(lab.params[0].weight, r));
      if (center) center_row(twins.back());
    }
    for (int t = 1; t <= 10; ++t) {
      const double lr = 0.1 / t;
      lab.draw_gradients(static_cast<uint64_t>(t));
      lab.step(lr);
      const double angle =
          (1 - std::pow(0.98, t)) * std::sqrt(0.02 / 1.98) * std::sqrt(2 * lr * 0.2);
      EXPECT_NEAR(lab.report[0].angle, angle, 1e-15);
      for (int64_t r = 0; r < 4; ++r) {
        Twin& twin = twins[static_cast<size_t>(r)];
        twin.step(row(lab.params[0].grad, r), 0.98, true, angle);
        for (size_t i = 0; i < twin.w.size(); ++i)
          ASSERT_NEAR(row(lab.params[0].weight, r)[i], twin.w[i], 1e-13) << t;
      }
    }
  }
}

TEST(LionAR, OverTheWholeTensorItIsOneLongRow) {
  const OptimizerOptions options{
      .name = "lion_ar", .lr = 0.1, .rotation_granularity = Granularity::tensor};
  Lab matrix({matrix_spec(4, 9)}, options), flat({matrix_spec(1, 36)}, options);
  fill(flat.params[0].weight, [&](int64_t i) { return matrix.params[0].weight.at(i); });
  for (uint64_t t = 0; t < 5; ++t) {
    matrix.draw_gradients(t);
    fill(flat.params[0].grad, [&](int64_t i) { return matrix.params[0].grad.at(i); });
    matrix.step();
    flat.step();
    for (size_t i = 0; i < 36; ++i) EXPECT_NEAR(matrix.weights()[i], flat.weights()[i], 1e-15);
  }
  EXPECT_GT(std::abs(norm(row(matrix.params[0].weight, 0)) - 0.06), 1e-6) << "rows are free";
}

TEST(LionAR, VectorsFollowLionAWithoutDecay) {
  const std::vector<ParamSpec> specs = {matrix_spec(3, 8), vector_spec(8)};
  Lab ar(specs, {.name = "lion_ar", .beta = 0.95}), a(specs, {.name = "lion_a", .beta = 0.95});
  for (uint64_t t = 0; t < 5; ++t) {
    ar.draw_gradients(t);
    a.draw_gradients(t);
    ar.step(0.01);
    a.step(0.01);
    EXPECT_EQ(ar.weights(1), a.weights(1));
    EXPECT_NE(ar.weights(0), a.weights(0));
  }
}

TEST(LionAR, WithoutDecayAllIsLionA) {
  const std::vector<ParamSpec> specs = {matrix_spec(3, 8), vector_spec(8)};
  Lab ar(specs, {.name = "lion_ar", .weight_decay = 0.0}),
      a(specs, {.name = "lion_a", .weight_decay = 0.0});
  for (uint64_t t = 0; t < 3; ++t) {
    ar.draw_gradients(t);
    a.draw_gradients(t);
    ar.step(0.01);
    a.step(0.01);
  }
  EXPECT_EQ(ar.weights(0), a.weights(0));
}

TEST(LionAR, EmbeddingsMayStayOutOfTheRotation) {
  const std::vector<ParamSpec> specs = {matrix_spec(3, 8, Role::token_embedding),
                                        matrix_spec(3, 8)};
  Lab lab(specs, {.name = "lion_ar", .rotate_embeddings = false}), a(specs, {.name = "lion_a"});
  lab.draw_gradients(1);
  a.draw_gradients(1);
  lab.step(0.01);
  a.step(0.01);
  EXPECT_EQ(lab.weights(0), a.weights(0)) << "decayed like any matrix of LionA";
  EXPECT_TRUE(lab.report[1].rotational);
}

TEST(LionAR, TheAngleRules) {
  const double lr = 0.02, decay = 0.1;
  const auto angle = [&](AngleRule rule) {
    Lab lab({matrix_spec(2, 50)},
            {.name = "lion_ar", .lr = 0.08, .weight_decay = decay, .rotation_angle = rule});
    lab.draw_gradients(1);
    const auto before = row(lab.params[0].weight, 1);
    lab.step(lr);
    return std::tan(angle_between(before, row(lab.params[0].weight, 1)));
  };
  const double adamw = gamma(0.9) * std::sqrt(2 * lr * decay);
  EXPECT_NEAR(angle(AngleRule::automatic), adamw, 1e-12);
  EXPECT_NEAR(angle(AngleRule::adamw), adamw, 1e-12);
  EXPECT_NEAR(angle(AngleRule::sign), std::sqrt(2 * lr * decay / sign_long_run_variance(0.9)),
              1e-12);
  EXPECT_NEAR(angle(AngleRule::sibling_lion), adamw * std::sqrt(std::numbers::pi / 2), 1e-12);
  EXPECT_NEAR(angle(AngleRule::linear), adamw / 2, 1e-12);
}

TEST(LionAR, RrcFactorsScaleTheAngle) {
  Lab lab({matrix_spec(3, 20)}, {.name = "lion_ar", .lr = 0.1});
  lab.draw_gradients(1);
  const std::vector<double> of_params = {0.5}, of_rows = {1, 0.5, 0.25};
  std::vector<std::vector<double>> before;
  for (int64_t r = 0; r < 3; ++r) before.push_back(row(lab.params[0].weight, r));
  lab.step({.step = 0, .lr = 0.1, .param_scale = of_params, .row_scale = of_rows});
  const double whole = gamma(0.9) * std::sqrt(2 * 0.1 * 0.1);
  EXPECT_NEAR(lab.report[0].angle, 0.5 * whole, 1e-15);
  for (int64_t r = 0; r < 3; ++r) {
    const auto i = static_cast<size_t>(r);
    EXPECT_NEAR(angle_between(before[i], row(lab.params[0].weight, r)),
                std::atan(0.5 * of_rows[i] * whole), 1e-12);
  }
}

TEST(LionAR, CautiousMasksBeforeTheRotation) {
  Lab lab({matrix_spec(1, 40)}, {.name = "lion_ar", .lr = 0.1, .cautious = true});
  for (uint64_t t = 0; t < 6; ++t) {
    lab.draw_gradients(t);
    const auto before = lab.weights();
    lab.step();
    EXPECT_NEAR(std::tan(angle_between(before, lab.weights())), gamma(0.9) * std::sqrt(0.02),
                1e-10);
    if (t > 0) {
      EXPECT_GT(lab.report.total(0).zero_steps, 0);
    }
  }
}

}  // namespace
}  // namespace coldstart::optim
