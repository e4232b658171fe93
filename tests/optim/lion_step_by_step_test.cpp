// The numbers of docs/lion_step_by_step.md are those of the library.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/files.h"
#include "tests/optim/lab.h"
#include "tests/test_paths.h"

namespace coldstart::optim {
namespace {

using testing::HasSubstr;

constexpr double kGradients[2][4] = {{4, -2, 1, 3}, {-1, -2, 1, -6}};

// "(1.79, 0.97, 1.79, -0.05)": four decimals at most.
std::string text_of(const std::vector<double>& x) {
  std::string text;
  for (const double value : x) {
    const double rounded = std::round(value * 1e4) / 1e4 + 0.0;  // no -0
    text += fmt::format("{}{:.6g}", text.empty() ? "(" : ", ", rounded);
  }
  return text + ")";
}

class LionStepByStep : public testing::Test {
 protected:
  const std::string page_ = read_file(source_dir() / "docs/lion_step_by_step.md");

  // The weights after each of the two steps.
  static std::vector<std::vector<double>> run(OptimizerOptions options) {
    options.lr = 0.1;
    Lab lab({matrix_spec(1, 4)}, options);
    const double w[] = {2, 1, 2, 0};
    fill(lab.params[0].weight, [&](int64_t i) { return w[i]; });
    std::vector<std::vector<double>> after;
    for (const auto& g : kGradients) {
      fill(lab.params[0].grad, [&](int64_t i) { return g[i]; });
      lab.step();
      after.push_back(lab.weights());
    }
    return after;
  }
  void expect_both(const OptimizerOptions& options) {
    for (const auto& w : run(options)) EXPECT_THAT(page_, HasSubstr(text_of(w) + " |"));
  }
};

TEST_F(LionStepByStep, Lion) { expect_both({.name = "lion", .weight_decay = 0.0}); }

TEST_F(LionStepByStep, LionA) { expect_both({.name = "lion_a", .weight_decay = 0.8, .beta = 0.6}); }

TEST_F(LionStepByStep, Momenta) {
  std::vector<double> lion(4), lion_a(4);
  for (const auto& g : kGradients) {
    std::vector<double> c(4), nesterov(4);
    for (size_t i = 0; i < 4; ++i) {
      c[i] = 0.9 * lion[i] + 0.1 * g[i];
      lion[i] = 0.99 * lion[i] + 0.01 * g[i];
      lion_a[i] = 0.6 * lion_a[i] + 0.4 * g[i];
      nesterov[i] = 0.6 * lion_a[i] + 0.4 * g[i];
    }
    for (const auto& x : {c, lion, lion_a}) EXPECT_THAT(page_, HasSubstr(text_of(x)));
    if (g[0] < 0) {
      EXPECT_THAT(page_, HasSubstr(text_of(nesterov)));
    }
  }
}

TEST_F(LionStepByStep, LionAR) {
  const OptimizerOptions options{.name = "lion_ar", .weight_decay = 0.8, .beta = 0.6};
  expect_both(options);
  std::vector<double> before = {2, 1, 2, 0};
  for (const auto& w : run(options)) {
    EXPECT_NEAR(norm(w), 3, 1e-14);
    EXPECT_NEAR(angle_between(before, w), std::atan(0.2), 1e-14);
    before = w;
  }
  EXPECT_NEAR(std::atan(0.2), 0.1974, 5e-5);
  const double step = 0.6 / std::sqrt(3);
  EXPECT_THAT(page_, HasSubstr(text_of({2 - step / 3, 1 + step * 4 / 3, 2 - step / 3, -step})));
}

TEST_F(LionStepByStep, TheFirstStepUnderTheInverseCorrection) {
  const auto w = run({.name = "lion_ar",
                      .weight_decay = 0.8,
                      .beta = 0.6,
                      .inverse_bias_correction = InverseBiasCorrection::linear});
  EXPECT_NEAR(angle_between({2, 1, 2, 0}, w[0]), 0.0798, 5e-5);
}

TEST_F(LionStepByStep, TheNumbersInBetween) {
  const double r = std::sqrt(1e-3 / 0.2), angle = gamma(0.9) * std::sqrt(2e-4);
  EXPECT_NEAR(r, 0.0707, 5e-5);
  EXPECT_NEAR(angle, 0.00324, 5e-6);
  EXPECT_NEAR(angle, 1e-3 * gamma(0.9) / r, 1e-12);
  EXPECT_NEAR(1e-3 * gamma(0.9) / 0.02, 0.0115, 5e-5);
  EXPECT_NEAR(0.0115 / angle, 3.5, 0.06);
  EXPECT_NEAR(0.05 / angle, 15, 0.5);
  EXPECT_NEAR(std::sqrt(2e-4 / sign_long_run_variance(0.9)), 0.00388, 5e-6);
}

}  // namespace
}  // namespace coldstart::optim
