// Oracles of the trust ratios: textbook loops in double, the length of a step, the cases where a
// norm is 0.
#include "coldstart/optim/trust_ratio.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/optim/builtin.h"
#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

const std::vector<ParamSpec> kSpecs = {matrix_spec(5, 4), vector_spec(4)};

StepContext context_of(const Lab& lab, TrustRatio ratio, double lr) {
  return {.step = lab.steps, .lr = lr, .peak_lr = lr, .grad_scale = 0.5, .trust_ratio = ratio};
}

// You et al. 2020, algorithm 2, in PyTorch's form of Adam's moments.
TEST(Lamb, IsTheTextbookLoop) {
  constexpr double kLr = 0.02, kDecay = 0.3, kBeta1 = 0.9, kBeta2 = 0.95, kEps = 1e-8;
  Lab lab(kSpecs, {.name = "adamw", .lr = kLr, .weight_decay = kDecay});
  std::vector<double> w = lab.weights(), m(w.size()), v(w.size());
  for (int t = 1; t <= 5; ++t) {
    lab.draw_gradients(static_cast<uint64_t>(t));
    const std::vector<double> g = numbers(lab.params[0].grad);
    std::vector<double> step(w.size());
    for (size_t i = 0; i < w.size(); ++i) {
      const double clipped = 0.5 * g[i];
      m[i] = kBeta1 * m[i] + (1 - kBeta1) * clipped;
      v[i] = kBeta2 * v[i] + (1 - kBeta2) * clipped * clipped;
      step[i] =
          m[i] / (1 - std::pow(kBeta1, t)) / (std::sqrt(v[i] / (1 - std::pow(kBeta2, t))) + kEps) +
          kDecay * w[i];
    }
    const double ratio = norm(w) / norm(step);
    for (size_t i = 0; i < w.size(); ++i) w[i] -= kLr * ratio * step[i];
    lab.step(context_of(lab, TrustRatio::lamb, kLr));
    const std::vector<double> got = lab.weights();
    for (size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(got[i], w[i], 1e-13) << t;
    EXPECT_NEAR(lab.report[0].step_size, kLr * ratio, 1e-12) << "claimed";
  }
}

// You, Gitman, Ginsburg 2017, algorithm 1, with the learning rate outside the momentum.
TEST(Lars, IsTheTextbookLoop) {
  constexpr double kLr = 0.02, kDecay = 0.3, kMomentum = 0.8;
  for (const bool decoupled : {false, true}) {
    SCOPED_TRACE(decoupled);
    Lab lab(kSpecs, {.name = "sgd",
                     .lr = kLr,
                     .weight_decay = kDecay,
                     .momentum = kMomentum,
                     .sgd_decoupled = decoupled});
    std::vector<double> w = lab.weights(), m(w.size());
    for (int t = 1; t <= 5; ++t) {
      lab.draw_gradients(static_cast<uint64_t>(t));
      std::vector<double> g = numbers(lab.params[0].grad);
      for (double& x : g) x *= 0.5;
      const double ratio = norm(w) / (norm(g) + kDecay * norm(w));
      for (size_t i = 0; i < w.size(); ++i) {
        const double decay = kDecay * w[i];
        m[i] = kMomentum * m[i] + ratio * (g[i] + (decoupled ? 0 : decay));
        w[i] -= kLr * (m[i] + (decoupled ? ratio * decay : 0));
      }
      lab.step(context_of(lab, TrustRatio::lars, kLr));
      const std::vector<double> got = lab.weights();
      for (size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(got[i], w[i], 1e-13) << t;
      if (!decoupled) continue;
      EXPECT_NEAR(lab.report.total(0).grad_sq, norm(g) * norm(g), 1e-9)
          << "the gradient that is reported is the one without the ratio";
    }
  }
}

TEST(TrustRatio, VectorsKeepTheirRate) {
  for (const TrustRatio ratio : {TrustRatio::lars, TrustRatio::lamb}) {
    Lab trusted(kSpecs, {.name = "sgd", .lr = 0.1}), plain(kSpecs, {.name = "sgd", .lr = 0.1});
    for (Lab* lab : {&trusted, &plain}) lab->draw_gradients(1);
    trusted.step(context_of(trusted, ratio, 0.1));
    plain.step(context_of(plain, TrustRatio::none, 0.1));
    EXPECT_EQ(trusted.weights(1), plain.weights(1));
    EXPECT_NE(trusted.weights(0), plain.weights(0));
  }
}

// A step is lr times the norm of the matrix, whatever the optimizer and the gradient's scale.
TEST(TrustRatio, LambStepsByTheRateTimesTheNorm) {
  for (const OptimizerEntry& entry : builtin_optimizers()) {
    const OptimizerOptions options{.name = entry.name, .lr = 0.01};
    const bool takes = takes_trust_ratio(options, TrustRatio::lamb);
    const bool rotational = entry.name == "lion_ar" || entry.name.starts_with("rotational");
    EXPECT_EQ(takes, !rotational && entry.name != "schedule_free_adamw") << entry.name;
    if (!takes) continue;
    SCOPED_TRACE(entry.name);
    for (const double scale : {1e-3, 1e3}) {
      Lab lab(kSpecs, options);
      lab.draw_gradients(3, scale);
      const std::vector<double> before = lab.weights();
      lab.step(context_of(lab, TrustRatio::lamb, 0.01));
      EXPECT_NEAR(norm(difference(lab.weights(), before)), 0.01 * norm(before), 1e-12);
    }
  }
}

TEST(TrustRatio, WhatStartsAtZeroBeginsToMove) {
  for (const TrustRatio ratio : {TrustRatio::lars, TrustRatio::lamb}) {
    Lab trusted(kSpecs, {.name = "sgd", .lr = 0.1}, DType::f64, 0),
        plain(kSpecs, {.name = "sgd", .lr = 0.1}, DType::f64, 0);
    for (Lab* lab : {&trusted, &plain}) lab->draw_gradients(1);
    trusted.step(context_of(trusted, ratio, 0.1));
    plain.step(context_of(plain, TrustRatio::none, 0.1));
    EXPECT_EQ(trusted.weights(0), plain.weights(0)) << "at the rate of the schedule";
    EXPECT_GT(norm(trusted.weights(0)), 0);
  }
}

// First-step factors and RRC come on top: half the factor is half the step.
TEST(TrustRatio, OtherFactorsShortenTheStep) {
  const std::vector<double> half = {0.5, 0.5};
  Lab lab(kSpecs, {.name = "adamw", .lr = 0.01});
  lab.draw_gradients(1);
  const std::vector<double> before = lab.weights();
  StepContext context = context_of(lab, TrustRatio::lamb, 0.01);
  context.param_scale = half;
  lab.step(context);
  EXPECT_NEAR(norm(difference(lab.weights(), before)), 0.005 * norm(before), 1e-12);
}

TEST(TrustRatio, IsForPlainStepsOnly) {
  EXPECT_TRUE(takes_trust_ratio({.name = "lion_ar"}, TrustRatio::none));
  EXPECT_FALSE(takes_trust_ratio({.name = "lion_ar"}, TrustRatio::lamb));
  EXPECT_FALSE(takes_trust_ratio({.name = "adamw"}, TrustRatio::lars));
  EXPECT_TRUE(takes_trust_ratio({.name = "sgd"}, TrustRatio::lars));
  EXPECT_FALSE(takes_trust_ratio({.name = "adamw", .hyperball = true}, TrustRatio::lamb));
}

}  // namespace
}  // namespace coldstart::optim
