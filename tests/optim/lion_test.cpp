#include "coldstart/optim/lion.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

double sign(double x) { return static_cast<double>((x > 0) - (x < 0)); }

TEST(Lion, EqualsTheTextbook) {
  Lab lab({matrix_spec(5, 7), vector_spec(7)}, {.name = "lion", .weight_decay = 0.3});
  std::vector<std::vector<double>> w = {lab.weights(0), lab.weights(1)};
  std::vector<std::vector<double>> m = {std::vector<double>(35), std::vector<double>(7)};
  for (uint64_t t = 0; t < 8; ++t) {
    lab.draw_gradients(t);
    lab.step(0.01);
    for (size_t p = 0; p < 2; ++p) {
      for (size_t i = 0; i < w[p].size(); ++i) {
        const double g = lab.params[p].grad.at(static_cast<int64_t>(i));
        w[p][i] -= 0.01 * (p == 0 ? 0.3 : 0) * w[p][i] + 0.01 * sign(0.9 * m[p][i] + 0.1 * g);
        m[p][i] = 0.99 * m[p][i] + 0.01 * g;
        ASSERT_NEAR(lab.weights(p)[i], w[p][i], 1e-15) << t;
      }
    }
  }
}

TEST(Lion, ACoordinateWithoutADirectionStays) {
  Lab lab({vector_spec(3)}, {.name = "lion"});
  const auto before = lab.weights();
  fill(lab.params[0].grad, [](int64_t i) { return i == 1 ? 0 : 1e-30; });
  lab.step(0.1);
  EXPECT_EQ(lab.weights()[1], before[1]);
  EXPECT_NEAR(lab.weights()[0], before[0] - 0.1, 1e-15);
  EXPECT_EQ(lab.report.total(0).zero_steps, 1);
}

TEST(Lion, CautiousMasksAndRescales) {
  Lab lab({matrix_spec(8, 8)}, {.name = "lion", .weight_decay = 0.0, .cautious = true});
  std::vector<double> m(64);
  for (uint64_t t = 0; t < 6; ++t) {
    lab.draw_gradients(t);
    const auto before = lab.weights(), g = numbers(lab.params[0].grad);
    lab.step(0.01);
    double agree = 0;
    std::vector<double> u(64);
    for (size_t i = 0; i < 64; ++i) {
      u[i] = sign(0.9 * m[i] + 0.1 * g[i]);
      m[i] = 0.99 * m[i] + 0.01 * g[i];
      if (u[i] * g[i] <= 0) u[i] = 0;
      agree += std::abs(u[i]);
    }
    for (size_t i = 0; i < 64; ++i)
      EXPECT_NEAR(lab.weights()[i] - before[i], -0.01 * u[i] * 64 / (agree + 1), 1e-15);
  }
}

}  // namespace
}  // namespace coldstart::optim
