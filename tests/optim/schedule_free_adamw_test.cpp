#include "coldstart/optim/schedule_free_adamw.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

const OptimizerOptions kOptions{.name = "schedule_free_adamw", .weight_decay = 0.2};

// x, y and z apart, as in the paper.
struct Twin {
  double x, z, v = 0;
  explicit Twin(double w) : x(w), z(w) {}
  double y() const { return 0.1 * z + 0.9 * x; }
  void step(double g, double lr, double decay, double k, int t) {
    const double at = y();
    v = 0.95 * v + 0.05 * g * g;
    z -= lr * (g / (std::sqrt(v / (1 - std::pow(0.95, t))) + 1e-8) + decay * at);
    x = (1 - k) * x + k * z;
  }
};

TEST(ScheduleFreeAdamW, EqualsThePaperInThreeSequences) {
  Lab lab({matrix_spec(3, 5), vector_spec(5)}, kOptions);
  std::vector<std::vector<Twin>> twins(2);
  for (size_t p = 0; p < 2; ++p)
    for (const double w : lab.weights(p)) twins[p].emplace_back(w);
  double sum = 0;
  for (int t = 1; t <= 12; ++t) {
    const double lr = 0.05 * std::min(1.0, t / 4.0);
    sum += lr * lr;
    lab.draw_gradients(static_cast<uint64_t>(t));
    lab.step(lr);
    for (size_t p = 0; p < 2; ++p) {
      for (size_t i = 0; i < twins[p].size(); ++i) {
        twins[p][i].step(lab.params[p].grad.at(static_cast<int64_t>(i)), lr, p == 0 ? 0.2 : 0,
                         lr * lr / sum, t);
        ASSERT_NEAR(lab.weights(p)[i], twins[p][i].y(), 1e-13) << t;
      }
    }
    const auto y = lab.weights(0);
    lab.optimizer->enter_evaluation(lab.params, *lab.kernels);
    for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(lab.weights(0)[i], twins[0][i].x, 1e-13);
    lab.optimizer->leave_evaluation(lab.params, *lab.kernels);
    EXPECT_EQ(lab.weights(0), y) << "the same bits";
  }
}

TEST(ScheduleFreeAdamW, BeforeTheFirstStepTheModelIsTheModel) {
  Lab lab({matrix_spec(3, 5)}, kOptions);
  const auto before = lab.weights();
  lab.optimizer->enter_evaluation(lab.params, *lab.kernels);
  EXPECT_EQ(lab.weights(), before);
  lab.optimizer->leave_evaluation(lab.params, *lab.kernels);
  EXPECT_EQ(lab.weights(), before);
}

TEST(ScheduleFreeAdamW, ARateOfZeroAtTheStartChangesNothing) {
  Lab lab({matrix_spec(3, 5)}, kOptions);
  const auto before = lab.weights();
  lab.draw_gradients(1);
  lab.step(0);
  EXPECT_EQ(lab.weights(), before);
  lab.draw_gradients(2);
  lab.step(0.1);
  for (const double delta : difference(lab.weights(), before)) EXPECT_TRUE(std::isfinite(delta));
}

// k = 1 at first: y moves by all of the first update, by about half of the second.
TEST(ScheduleFreeAdamW, TheFirstUpdatesAreTheLargest) {
  Lab lab({vector_spec(20000)}, {.name = "schedule_free_adamw"});
  const double expected[] = {1, 0.55};
  for (int t = 0; t < 2; ++t) {
    const auto before = lab.weights();
    lab.draw_gradients(static_cast<uint64_t>(t));
    lab.step(1);
    EXPECT_NEAR(rms(difference(lab.weights(), before)), expected[t], 0.05);
  }
}

TEST(ScheduleFreeAdamW, TheRrcFactorIsOnTheUpdateOnly) {
  Lab lab({matrix_spec(3, 5)}, kOptions);
  lab.draw_gradients(1);
  const auto before = lab.weights();
  const std::vector<double> factor = {0.25};
  lab.step({.step = 0, .lr = 0.1, .param_scale = factor});
  for (size_t i = 0; i < before.size(); ++i)
    EXPECT_NEAR(std::abs(lab.weights()[i] - before[i] * (1 - 0.1 * 0.2)), 0.1 * 0.25, 1e-6);
}

}  // namespace
}  // namespace coldstart::optim
