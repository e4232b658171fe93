// Row gains against a twin that keeps gain and V apart: W = gain V, gradients by the chain rule.
#include "coldstart/optim/row_gain.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

std::vector<double> state(Lab& lab, const std::string& name) {
  for (const NamedTensor& state : lab.optimizer->states())
    if (state.name == name) return numbers(state.flat);
  return {};
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double sign(double x) { return static_cast<double>((x > 0) - (x < 0)); }

// V of every row in its own LionAR without gains, whose gradient is gain g; the gain by LionA.
TEST(RowGain, IsTheChainRuleOfARowTimesANumber) {
  const int64_t rows = 3, cols = 12;
  const OptimizerOptions options{.name = "lion_ar", .lr = 0.21, .beta = 0.8};
  OptimizerOptions with_gain = options;
  with_gain.row_gain = true;
  Lab lab({matrix_spec(rows, cols)}, with_gain), v({matrix_spec(rows, cols)}, options);
  std::vector<double> gain(rows, 1), m(rows);
  bool was_negative = false;
  for (uint64_t t = 0; t < 40; ++t) {
    lab.draw_gradients(t);
    // A pull that keeps its sign takes the first gain through zero.
    fill(lab.params[0].grad, [&](int64_t i) {
      return lab.params[0].grad.at(i) +
             (i < cols ? 300 * sign(gain[0]) * lab.weights()[static_cast<size_t>(i)] : 0);
    });
    const auto before = lab.weights();
    for (int64_t r = 0; r < rows; ++r) {
      const auto k = static_cast<size_t>(r);
      const auto g = row(lab.params[0].grad, r);
      for (int64_t c = 0; c < cols; ++c)
        set(v.params[0].grad, r * cols + c, gain[k] * g[static_cast<size_t>(c)]);
      m[k] = 0.8 * m[k] + 0.2 * dot(g, row(v.params[0].weight, r));
      gain[k] -= 0.21 * gamma(0.8) * sign(m[k]);
    }
    lab.step();
    v.step();
    for (int64_t i = 0; i < rows * cols; ++i) {
      ASSERT_NEAR(lab.params[0].weight.at(i),
                  gain[static_cast<size_t>(i / cols)] * v.params[0].weight.at(i), 1e-12)
          << t;
    }
    const double moved = norm(difference(lab.weights(), before));
    EXPECT_NEAR(std::sqrt(lab.report.total(0).delta_sq), moved, 1e-12);
    EXPECT_NEAR(lab.report.total(0).weight_delta, dot(before, difference(lab.weights(), before)),
                1e-12);
    was_negative = was_negative || gain[0] < 0;
  }
  EXPECT_TRUE(was_negative);
  for (size_t r = 0; r < gain.size(); ++r) EXPECT_NEAR(state(lab, "gain")[r], gain[r], 1e-12);
}

TEST(RowGain, FollowsAdamUnderRotationalAdamW) {
  Lab lab({matrix_spec(2, 10)}, {.name = "rotational_adamw", .row_gain = true});
  lab.draw_gradients(1);
  const auto before = lab.weights();
  lab.step(0.01);
  // At its first step Adam moves by lr, whatever the gradient.
  for (const double gain : state(lab, "gain")) EXPECT_NEAR(std::abs(gain - 1), 0.01, 1e-6);
  EXPECT_EQ(state(lab, "gain_v").size(), 2u);
}

TEST(RowGain, StopsBeforeItWouldLoseTheDirection) {
  Lab lab({matrix_spec(1, 4)}, {.name = "lion_ar", .lr = 1 / gamma(0.9), .row_gain = true});
  fill(lab.params[0].grad, [&](int64_t i) { return lab.params[0].weight.at(i); });
  const double radius = norm(lab.params[0].weight);
  lab.step();  // gain = 1 - lr gamma = 0
  EXPECT_NEAR(norm(lab.params[0].weight), RowGain::kSmallestGain * radius, 1e-12);
  EXPECT_EQ(state(lab, "gain")[0], RowGain::kSmallestGain);
}

TEST(RowGain, EmbeddingsHaveNone) {
  Lab lab({matrix_spec(2, 6, Role::token_embedding)}, {.name = "lion_ar", .row_gain = true});
  lab.draw_gradients(1);
  lab.step(0.1);
  for (const double gain : state(lab, "gain")) EXPECT_EQ(gain, 1);
}

TEST(RowGain, AGradientThatIsNotFiniteLeavesTheRowAlone) {
  Lab lab({matrix_spec(2, 6)}, {.name = "lion_ar", .row_gain = true});
  lab.draw_gradients(1);
  set(lab.params[0].grad, 2, NAN);
  const auto before = row(lab.params[0].weight, 0);
  lab.step(0.1);
  EXPECT_EQ(row(lab.params[0].weight, 0), before);
  EXPECT_EQ(state(lab, "gain")[0], 1);
  EXPECT_NE(state(lab, "gain")[1], 1);
}

}  // namespace
}  // namespace coldstart::optim
