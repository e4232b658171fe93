// The oracle A8 is in oracles_a_test.cpp.
#include "coldstart/optim/rotational_adamw.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

// One row of the listing in the header.
struct Twin {
  std::vector<double> w, m, v;
  double n = 0, s = 0;

  Twin(std::vector<double> weights, bool center)
      : w(std::move(weights)), m(w.size()), v(w.size()), n(norm(w)) {
    if (!center) return;
    take_mean_off(w);
    const double stretch = n / norm(w);
    for (double& value : w) value *= stretch;
  }

  static void take_mean_off(std::vector<double>& x) {
    double mean = 0;
    for (const double value : x) mean += value / static_cast<double>(x.size());
    for (double& value : x) value -= mean;
  }

  void step(const std::vector<double>& g, double eta_r, double k, bool center, int t) {
    std::vector<double> d(w.size());
    double along = 0;
    for (size_t i = 0; i < w.size(); ++i) {
      m[i] = 0.9 * m[i] + 0.1 * g[i];
      v[i] = 0.95 * v[i] + 0.05 * g[i] * g[i];
      d[i] = m[i] / (1 - std::pow(0.9, t)) / (std::sqrt(v[i] / (1 - std::pow(0.95, t))) + 1e-8);
    }
    if (center) take_mean_off(d);
    for (size_t i = 0; i < w.size(); ++i) along += d[i] * w[i];
    for (size_t i = 0; i < w.size(); ++i) d[i] -= w[i] * along / (n * n);
    s = k * s + (1 - k) * norm(d) * norm(d);
    const double average = std::sqrt(s / (1 - std::pow(k, t)));
    for (size_t i = 0; i < w.size(); ++i) w[i] -= eta_r * n * d[i] / (average + 1e-8);
    const double stretch = n / norm(w);
    for (double& value : w) value *= stretch;
  }
};

TEST(RotationalAdamW, EqualsTheListing) {
  for (const bool center : {true, false}) {
    for (const double k : {0.9, 0.0}) {
      Lab lab({matrix_spec(3, 11)}, {.name = "rotational_adamw",
                                     .weight_decay = 0.2,
                                     .rotation_center = center,
                                     .rotation_norm_decay = k});
      std::vector<Twin> twins;
      for (int64_t r = 0; r < 3; ++r) twins.emplace_back(row(lab.params[0].weight, r), center);
      for (int t = 1; t <= 10; ++t) {
        const double lr = 0.05 / t, eta_r = std::sqrt(2 * lr * 0.2 * 0.1 / 1.9);
        lab.draw_gradients(static_cast<uint64_t>(t));
        lab.step(lr);
        for (int64_t r = 0; r < 3; ++r) {
          Twin& twin = twins[static_cast<size_t>(r)];
          twin.step(row(lab.params[0].grad, r), eta_r, k, center, t);
          for (size_t i = 0; i < twin.w.size(); ++i)
            ASSERT_NEAR(row(lab.params[0].weight, r)[i], twin.w[i], 1e-10) << t;
        }
      }
    }
  }
}

TEST(RotationalAdamW, CentersByDefaultAndAveragesNorms) {
  const OptimizerOptions options = resolve_options({.name = "rotational_adamw"}).options;
  EXPECT_TRUE(options.rotation_center.value());
  EXPECT_EQ(options.rotation_norm_decay.value(), 0.9);
  EXPECT_EQ(options.rotation_angle, AngleRule::adamw);
}

TEST(RotationalAdamW, VectorsAndAllWithoutDecayFollowAdamW) {
  const std::vector<ParamSpec> specs = {matrix_spec(3, 8), vector_spec(8)};
  Lab turning(specs, {.name = "rotational_adamw"}),
      still(specs, {.name = "rotational_adamw", .weight_decay = 0.0}),
      adam(specs, {.weight_decay = 0.0});
  for (uint64_t t = 0; t < 4; ++t) {
    for (Lab* lab : {&turning, &still, &adam}) {
      lab->draw_gradients(t);
      lab->step(0.01);
    }
  }
  EXPECT_EQ(turning.weights(1), adam.weights(1));
  EXPECT_EQ(still.weights(0), adam.weights(0));
  EXPECT_NE(turning.weights(0), adam.weights(0));
}

TEST(RotationalAdamW, HyperballIsAdamHToo) {
  Lab rotational({matrix_spec(3, 8)}, {.name = "rotational_adamw", .lr = 0.1, .hyperball = true}),
      adam({matrix_spec(3, 8)}, {.lr = 0.1, .hyperball = true});
  for (uint64_t t = 0; t < 4; ++t) {
    rotational.draw_gradients(t);
    adam.draw_gradients(t);
    rotational.step();
    adam.step();
  }
  EXPECT_EQ(rotational.weights(), adam.weights());
}

}  // namespace
}  // namespace coldstart::optim
