// Exact oracles of the optimizers, without any training: what the equations say of single steps.
// Elsewhere: A10 in tests/schedule/oracle_a10_test.cpp, A13 in
// tests/metrics/snr_estimator_test.cpp, A14 in tests/optim/oracle_a14_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "coldstart/optim/bias_correction.h"
#include "coldstart/optim/rrc_scale.h"
#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

OptimizerOptions adam(double b1, double b2, BiasCorrectionM m = BiasCorrectionM::standard,
                      BiasCorrectionV v = BiasCorrectionV::standard) {
  return {.weight_decay = 0.0,
          .beta1 = b1,
          .beta2 = b2,
          .eps = 1e-30,
          .bias_correction_m = m,
          .bias_correction_v = v};
}

// u_t of one step at rate 1.
std::vector<double> update(Lab& lab) {
  const auto before = lab.weights();
  lab.step(1);
  return difference(before, lab.weights());
}

TEST(OracleA1, TheFirstStepOfAdamWMovesEveryCoordinateByTheRate) {
  Lab lab({matrix_spec(20, 50)}, {.lr = 0.01, .weight_decay = 0.0});
  lab.draw_gradients(1);
  const auto before = lab.weights(), g = numbers(lab.params[0].grad);
  lab.step(0.01);
  const auto delta = difference(before, lab.weights());
  for (size_t i = 0; i < g.size(); ++i)
    EXPECT_NEAR(delta[i], 0.01 * g[i] / (std::abs(g[i]) + 1e-8), 1e-16);
  EXPECT_NEAR(norm(delta), 0.01 * std::sqrt(1000), 1e-6 * 0.01 * std::sqrt(1000));
}

TEST(OracleA2, WithoutCorrectionsTheFirstStepIsAKnownFactor) {
  const auto rms_of_first = [](double b2, BiasCorrectionV v) {
    Lab lab({matrix_spec(20, 50)}, adam(0.9, b2, BiasCorrectionM::none, v));
    lab.draw_gradients(1);
    return rms(update(lab));
  };
  EXPECT_NEAR(rms_of_first(0.95, BiasCorrectionV::none), 0.4472, 1e-4);
  EXPECT_NEAR(rms_of_first(0.999, BiasCorrectionV::none), 3.1623, 1e-4);
  EXPECT_NEAR(rms_of_first(0.95, BiasCorrectionV::standard), 0.1, 1e-4);
}

double independent_rms(double b, int t) {
  return std::sqrt((1 - b) * (1 + std::pow(b, t)) / ((1 + b) * (1 - std::pow(b, t))));
}

TEST(OracleA3, IndependentGradientsMakeUpdatesShrink) {
  EXPECT_NEAR(independent_rms(0.9, 2), 0.708, 2e-2);
  EXPECT_NEAR(independent_rms(0.9, 1000), gamma(0.9), 1e-12);
  Lab lab({matrix_spec(1, 20000)}, adam(0.9, 0.999), DType::f32);
  for (int t = 1; t <= 80; ++t) {
    lab.draw_gradients(static_cast<uint64_t>(t));
    const double ratio = rms(update(lab)) / independent_rms(0.9, t);
    if (t <= 2 || t == 5 || t == 10 || t == 40 || t == 80) {
      EXPECT_NEAR(ratio, 1, 0.03) << t;
    }
  }
}

// A short second moment follows the gradient that it divides: 1.5 % lower in the end (0.9854 +-
// 0.0001 from 10^5 coordinates and 600 steps in numpy).
TEST(OracleA3, AShortSecondMomentLandsALittleLower) {
  Lab lab({matrix_spec(1, 4000)}, adam(0.9, 0.95), DType::f32);
  double ratio = 0;
  for (int t = 1; t <= 300; ++t) {
    lab.draw_gradients(static_cast<uint64_t>(t));
    const double now = rms(update(lab)) / independent_rms(0.9, t);
    if (t > 100) ratio += now / 200;
  }
  EXPECT_NEAR(ratio, 0.985, 0.008);
}

TEST(OracleA4, EqualGradientsKeepTheUpdatesSize) {
  Lab both({matrix_spec(1, 100)}, adam(0.9, 0.95)),
      v_only({matrix_spec(1, 100)}, adam(0.9, 0.95, BiasCorrectionM::none)),
      none({matrix_spec(1, 100)}, adam(0.9, 0.95, BiasCorrectionM::none, BiasCorrectionV::none));
  for (int t = 1; t <= 60; ++t) {
    for (Lab* lab : {&both, &v_only, &none}) lab->draw_gradients(1);
    EXPECT_NEAR(rms(update(both)), 1, 1e-13);
    EXPECT_NEAR(rms(update(v_only)), 1 - std::pow(0.9, t), 1e-13);
    EXPECT_NEAR(rms(update(none)), (1 - std::pow(0.9, t)) / std::sqrt(1 - std::pow(0.95, t)),
                1e-13);
  }
}

TEST(OracleA4, AnyGradientsKeepTheRatioOfCorrectedAndUncorrected) {
  Lab both({matrix_spec(1, 50)}, adam(0.9, 0.95)),
      none({matrix_spec(1, 50)}, adam(0.9, 0.95, BiasCorrectionM::none, BiasCorrectionV::none));
  for (int t = 1; t <= 40; ++t) {
    both.draw_gradients(static_cast<uint64_t>(t));
    none.draw_gradients(static_cast<uint64_t>(t));
    const auto corrected = update(both), raw = update(none);
    const double ratio = (1 - std::pow(0.9, t)) / std::sqrt(1 - std::pow(0.95, t));
    for (size_t i = 0; i < raw.size(); ++i) EXPECT_NEAR(raw[i], ratio * corrected[i], 1e-12);
  }
}

TEST(OracleA5, LionAHasTheSameNormAtEveryStepForEveryScale) {
  for (const double scale : {1e-12, 1.0, 1e9}) {
    Lab lab({matrix_spec(10, 30)}, {.name = "lion_a", .weight_decay = 0.0});
    for (uint64_t t = 0; t < 30; ++t) {
      lab.draw_gradients(t, scale);
      EXPECT_NEAR(norm(update(lab)), gamma(0.9) * std::sqrt(300), 1e-12);
    }
  }
}

TEST(OracleA5, ScalingGradientsByAPowerOfTwoChangesNoBit) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    for (const char* name : {"lion_a", "lion_ar"}) {
      const OptimizerOptions options{.name = name, .beta = 0.98, .nesterov = true};
      const std::vector<ParamSpec> specs = {matrix_spec(6, 17), vector_spec(17)};
      Lab one(specs, options, dtype), large(specs, options, dtype), small(specs, options, dtype);
      for (uint64_t t = 0; t < 25; ++t) {
        one.draw_gradients(t);
        large.draw_gradients(t);
        small.draw_gradients(t);
        large.kernels->scale(large.params.grads(), 0x1p20);
        small.kernels->scale(small.params.grads(), 0x1p-20);
        for (Lab* lab : {&one, &large, &small}) lab->step(0.01);
      }
      for (const size_t i : {0u, 1u}) {
        EXPECT_EQ(one.weights(i), large.weights(i)) << name;
        EXPECT_EQ(one.weights(i), small.weights(i)) << name;
      }
    }
  }
}

TEST(OracleA6, LionAIsLionAtAnotherRate) {
  for (const bool nesterov : {false, true}) {
    const double b = 0.9, g = gamma(b), lr = 0.01, decay = 0.1;
    Lab a({matrix_spec(6, 17)},
          {.name = "lion_a", .weight_decay = decay, .beta = b, .nesterov = nesterov}),
        lion(
            {matrix_spec(6, 17)},
            {.name = "lion", .weight_decay = decay / g, .beta1 = nesterov ? b * b : b, .beta2 = b});
    for (uint64_t t = 0; t < 50; ++t) {
      a.draw_gradients(t);
      lion.draw_gradients(t);
      a.step(lr);
      lion.step(lr * g);
      const auto wa = a.weights(), wl = lion.weights();
      for (size_t i = 0; i < wa.size(); ++i) ASSERT_NEAR(wa[i], wl[i], 1e-14) << t;
    }
  }
}

struct Precision {
  DType dtype;
  double norm, angle;
};
class OracleA7 : public testing::TestWithParam<Precision> {};
INSTANTIATE_TEST_SUITE_P(Types, OracleA7,
                         testing::Values(Precision{DType::f64, 1e-15, 1e-12},
                                         Precision{DType::f32, 1e-6, 1e-6}));

TEST_P(OracleA7, RowNormsStay) {
  const auto [dtype, tolerance, unused] = GetParam();
  Lab lab({matrix_spec(3, 64)}, {.name = "lion_ar", .lr = 0.05}, dtype);
  std::vector<double> first;
  for (int64_t r = 0; r < 3; ++r) first.push_back(norm(row(lab.params[0].weight, r)));
  for (uint64_t t = 0; t < 3000; ++t) {
    lab.draw_gradients(t % 97);
    lab.step();
  }
  for (int64_t r = 0; r < 3; ++r) {
    EXPECT_NEAR(norm(row(lab.params[0].weight, r)) / first[static_cast<size_t>(r)], 1,
                2 * tolerance);
  }
}

TEST_P(OracleA7, EveryRowTurnsByTheArcOfTheAngle) {
  const auto [dtype, unused, tolerance] = GetParam();
  for (const double lr : {1e-3, 0.05, 2.0}) {
    Lab lab({matrix_spec(3, 256)}, {.name = "lion_ar", .lr = lr}, dtype);
    for (uint64_t t = 0; t < 20; ++t) {
      std::vector<std::vector<double>> before;
      for (int64_t r = 0; r < 3; ++r) before.push_back(row(lab.params[0].weight, r));
      lab.draw_gradients(t);
      lab.step();
      for (int64_t r = 0; r < 3; ++r) {
        const double turned =
            angle_between(before[static_cast<size_t>(r)], row(lab.params[0].weight, r));
        EXPECT_NEAR(turned, std::atan(gamma(0.9) * std::sqrt(2 * lr * 0.1)), tolerance);
      }
    }
  }
}

// |w + d|^2 = |w|^2 + |d|^2 only for an update at a right angle; the angle's tangent is then
// |d|/|w|, which the test above holds. Here the update itself, by taking the last projection back.
TEST(OracleA7, TheUpdateIsAtARightAngleToTheWeights) {
  Lab lab({matrix_spec(2, 40)}, {.name = "lion_ar", .lr = 0.5});
  lab.draw_gradients(3);
  const auto before = row(lab.params[0].weight, 0);
  lab.step();
  const auto after = row(lab.params[0].weight, 0);
  const double stretch = std::sqrt(1 + std::pow(lab.report[0].angle, 2));
  double product = 0;
  for (size_t i = 0; i < before.size(); ++i)
    product += before[i] * (stretch * after[i] - before[i]);
  EXPECT_NEAR(product / std::pow(norm(before), 2), 0, 1e-14);
}

TEST(OracleA8, RotationalAdamWTurnsByItsAngle) {
  const double lr = 0.01, eta_r = std::sqrt(2 * lr * 0.1 * 0.1 / 1.9);
  for (const DType dtype : {DType::f64, DType::f32}) {
    Lab lab({matrix_spec(2, 256)},
            {.name = "rotational_adamw", .lr = lr, .rotation_norm_decay = 0.0}, dtype);
    for (uint64_t t = 0; t < 50; ++t) {
      lab.draw_gradients(t);
      const auto before = row(lab.params[0].weight, 1);
      lab.step();
      if (t == 0) continue;  // the first step centers the rows before it turns them
      EXPECT_NEAR(angle_between(before, row(lab.params[0].weight, 1)), std::atan(eta_r), 1e-6);
    }
  }
}

TEST(OracleA8, WithAveragedNormsTheAngleHoldsOverTime) {
  const double lr = 0.01, eta_r = std::sqrt(2 * lr * 0.1 * 0.1 / 1.9);
  Lab lab({matrix_spec(2, 256)}, {.name = "rotational_adamw", .lr = lr}, DType::f32);
  double square = 0;
  const int burn_in = 50, steps = 600;
  for (int t = 0; t < steps; ++t) {
    lab.draw_gradients(static_cast<uint64_t>(t), 1 + 0.5 * std::sin(t));
    const auto before = row(lab.params[0].weight, 1);
    lab.step();
    if (t >= burn_in) square += std::pow(angle_between(before, row(lab.params[0].weight, 1)), 2);
  }
  EXPECT_NEAR(std::sqrt(square / (steps - burn_in)) / eta_r, 1, 0.03);
}

TEST(OracleA9, CenteredRowsStayCentered) {
  for (const char* name : {"lion_ar", "rotational_adamw", "rotational_lion"}) {
    Lab lab({matrix_spec(3, 64)}, {.name = name, .lr = 0.05, .rotation_center = true}, DType::f32,
            1);
    for (uint64_t t = 0; t < 300; ++t) {
      lab.draw_gradients(t);
      lab.step();
    }
    for (int64_t r = 0; r < 3; ++r) {
      double sum = 0;
      for (const double w : row(lab.params[0].weight, r)) sum += w;
      EXPECT_NEAR(sum / 64, 0, 1e-6) << name;
    }
  }
}

// How often gradient s counts in the update, against a late one, when m is normalised.
double weight_of_gradient(int s, double b, InverseBiasCorrection kind, bool aligned) {
  double sum = 0;
  for (int t = s; t < s + 5000; ++t) {
    const double norm_of_m = aligned ? 1 - std::pow(b, t) : std::sqrt(1 - std::pow(b, 2 * t));
    sum += correction_factor(kind, b, t) * (1 - b) * std::pow(b, t - s) / norm_of_m;
  }
  return sum;
}

TEST(OracleA11, InverseBiasCorrection) {
  using K = InverseBiasCorrection;
  const double b = 0.98;
  EXPECT_NEAR(correction_factor(K::linear, b, 1), 1 - b, 1e-15);
  EXPECT_NEAR(correction_factor(K::rms, b, 1), std::sqrt(1 - b * b), 1e-15);
  double lost_linear = 0, lost_rms = 0;
  for (int t = 1; t < 5000; ++t) {
    lost_linear += 1 - correction_factor(K::linear, b, t);
    lost_rms += 1 - correction_factor(K::rms, b, t);
  }
  EXPECT_NEAR(lost_linear, 49, 0.01 * 49);
  EXPECT_NEAR(lost_rms, 14.7, 0.01 * 14.7);
  EXPECT_NEAR(weight_of_gradient(1, b, K::none, false), 1.44, 0.0144);
  EXPECT_NEAR(weight_of_gradient(1, b, K::none, true), 4.53, 0.0453);
  EXPECT_NEAR(weight_of_gradient(10, b, K::none, false), 1.18, 0.0118);
  EXPECT_NEAR(weight_of_gradient(10, b, K::none, true), 2.11, 0.0211);
  EXPECT_NEAR(weight_of_gradient(1, b, K::linear, true), 1, 0.01);
  EXPECT_NEAR(weight_of_gradient(1, b, K::rms, false), 1, 0.01);
  EXPECT_NEAR(weight_of_gradient(1, b, K::linear, false), 0.58, 0.0058);
  EXPECT_NEAR(weight_of_gradient(1, b, K::rms, true), 2.30, 0.023);
}

TEST(OracleA12, TheRrcFactor) {
  const auto s = [](double phi, double B) { return rrc_scale(RrcForm::exact, phi, B, 1); };
  for (const double phi : {0.0, 0.01, 1.0, 100.0}) EXPECT_NEAR(s(phi, 1), 1, 1e-3);
  for (const double B : {1.0, 32.0, 480.0}) EXPECT_EQ(s(0, B), 1);
  EXPECT_NEAR(s(1.0 / 480, 480), 0.708, 1e-3);
  EXPECT_NEAR(s(std::numeric_limits<double>::infinity(), 480), 1 / std::sqrt(480), 1e-3);
  double before = 1;
  for (double phi = 1e-5; phi < 1e5; phi *= 1.5) {
    EXPECT_LT(s(phi, 480), before);
    before = s(phi, 480);
    EXPECT_LT(s(phi, 481), s(phi, 480));
  }
}

// C20: only the product of rate and decay counts for what turns.
TEST(OracleC20, HalfTheRateAndTwiceTheDecayGiveTheSameBits) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    const std::vector<ParamSpec> specs = {matrix_spec(7, 33), matrix_spec(4, 9, Role::mlp_out)};
    OptimizerOptions options{.name = "lion_ar",
                             .lr = 0.04,
                             .weight_decay = 0.1,
                             .beta = 0.98,
                             .nesterov = true,
                             .inverse_bias_correction = InverseBiasCorrection::linear};
    Lab a(specs, options, dtype);
    options.lr /= 2;
    options.weight_decay = 0.2;
    Lab b(specs, options, dtype);
    for (int t = 0; t < 60; ++t) {
      const double shape = t < 30 ? 1 : (60 - t) / 30.0;
      a.draw_gradients(static_cast<uint64_t>(t));
      b.draw_gradients(static_cast<uint64_t>(t));
      a.step(shape * a.peak_lr);
      b.step(shape * b.peak_lr);
      for (const size_t i : {0u, 1u}) ASSERT_EQ(a.weights(i), b.weights(i)) << t;
    }
  }
}

}  // namespace
}  // namespace coldstart::optim
