#include "coldstart/optim/momentum_forms.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/random.h"

namespace coldstart::optim {
namespace {

// A form, run on one number as the table in the header says.
struct Runner {
  MomentumForm form;
  double m = 0;
  double step(double g) {
    const double c = form.mix_m * m + form.mix_g * g;
    m = form.keep * m + form.add * g;
    return c;
  }
};

double gradient(int t) { return Rng(5, Stream::test).normal(static_cast<uint64_t>(t)); }

TEST(MomentumForms, EmaAndItsNesterovFormsReadAsInTheTable) {
  const double b = 0.8;
  Runner plain{ema(b)}, nesterov{ema(b, true)}, heavy{ema(b, true, NesterovForm::heavy_ball)};
  double m = 0;
  for (int t = 0; t < 10; ++t) {
    const double g = gradient(t);
    m = b * m + (1 - b) * g;
    EXPECT_NEAR(plain.step(g), m, 1e-15);
    EXPECT_NEAR(nesterov.step(g), b * m + (1 - b) * g, 1e-15);
    EXPECT_NEAR(heavy.step(g), g + b / (1 - b) * m, 1e-14);
    EXPECT_NEAR(plain.m, m, 1e-15);
  }
}

TEST(MomentumForms, LionAIsLionWithOtherCoefficients) {
  const MomentumForm a = ema(0.9), n = ema(0.9, true), l = lion(0.9, 0.9), s = lion(0.81, 0.9);
  EXPECT_DOUBLE_EQ(a.mix_m, l.mix_m);
  EXPECT_DOUBLE_EQ(a.keep, l.keep);
  EXPECT_DOUBLE_EQ(n.mix_m, s.mix_m);
  EXPECT_DOUBLE_EQ(n.mix_g, s.mix_g);
  EXPECT_DOUBLE_EQ(n.keep, s.keep);
}

TEST(MomentumForms, SgdIsPyTorchs) {
  const double a = 0.7;
  Runner plain{sgd(a, false)}, nesterov{sgd(a, true)};
  double m = 0;
  for (int t = 0; t < 10; ++t) {
    const double g = gradient(t);
    m = a * m + g;
    EXPECT_NEAR(plain.step(g), m, 1e-14);
    EXPECT_NEAR(nesterov.step(g), g + a * m, 1e-14);
  }
}

TEST(MomentumForms, WithoutMomentumAllAreTheGradient) {
  for (const MomentumForm& form : {ema(0), ema(0, true), ema(0, true, NesterovForm::heavy_ball),
                                   lion(0, 0), sgd(0, false), sgd(0, true)}) {
    EXPECT_EQ(form.mix_m, 0);
    EXPECT_EQ(form.mix_g, 1);
  }
}

TEST(MomentumForms, Gamma) {
  EXPECT_NEAR(gamma(0.9), 0.2294, 5e-5);
  EXPECT_NEAR(gamma(0.95), 0.1601, 5e-5);
  EXPECT_NEAR(gamma(0.98), 0.1005, 5e-5);
  EXPECT_EQ(gamma(0), 1);
  EXPECT_NEAR(gamma(0.9, 0.9), gamma(0.9), 1e-15);
  // Nesterov: sqrt(b^4 (1-b)/(1+b) + (1-b^2)^2).
  EXPECT_NEAR(gamma(0.81, 0.9), 0.2658, 5e-5);
  EXPECT_NEAR(gamma(0.9604, 0.98), 0.1043, 5e-5);
}

TEST(MomentumForms, GammaIsTheSizeOfTheMixture) {
  for (const auto& [b1, b2] : {std::pair{0.9, 0.9}, {0.9, 0.99}, {0.81, 0.9}}) {
    Runner runner{lion(b1, b2)};
    double square = 0;
    const int n = 200000;
    for (int t = -1000; t < n; ++t) {
      const double c = runner.step(gradient(t + 1000));
      if (t >= 0) square += c * c;
    }
    EXPECT_NEAR(std::sqrt(square / n), gamma(b1, b2), 0.03 * gamma(b1, b2)) << b1;
  }
}

TEST(MomentumForms, LongRunVarianceOfSigns) {
  EXPECT_NEAR(sign_long_run_variance(0.9), 13.28, 0.005);
  EXPECT_NEAR(sign_long_run_variance(0.95), 27.11, 0.005);
  EXPECT_NEAR(sign_long_run_variance(0.98), 68.67, 0.005);
  EXPECT_EQ(sign_long_run_variance(0), 1);
  EXPECT_NEAR(sign_long_run_variance(0.9, 0.9), sign_long_run_variance(0.9), 1e-12);
}

// The sum of n signs has variance n D for n far beyond the memory.
TEST(MomentumForms, LongRunVarianceIsThatOfASumOfSigns) {
  const double b1 = 0.7, b2 = 0.9;
  const int n = 400, walks = 4000;
  double square = 0;
  for (int walk = 0; walk < walks; ++walk) {
    Runner runner{lion(b1, b2)};
    const Rng rng(static_cast<uint64_t>(walk), Stream::test);
    double sum = 0;
    for (int t = 0; t < n + 60; ++t) {
      const double c = runner.step(rng.normal(static_cast<uint64_t>(t)));
      if (t >= 60) sum += c > 0 ? 1 : -1;
    }
    square += sum * sum;
  }
  const double expected = sign_long_run_variance(b1, b2);
  EXPECT_NEAR(square / walks / n, expected, 0.06 * expected);
}

}  // namespace
}  // namespace coldstart::optim
