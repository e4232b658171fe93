#include "coldstart/optim/bias_correction.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::optim {
namespace {

TEST(BiasCorrection, OfTheFirstMoment) {
  for (const double t : {1.0, 2.0, 7.0}) {
    EXPECT_NEAR(correction_factor(BiasCorrectionM::standard, 0.9, t), 1 / (1 - std::pow(0.9, t)),
                1e-12);
    EXPECT_EQ(correction_factor(BiasCorrectionM::none, 0.9, t), 1);
    EXPECT_NEAR(correction_factor(BiasCorrectionM::inverse, 0.9, t), 1 - std::pow(0.9, t), 1e-15);
    // Independent gradients of variance 1: m has variance gamma^2 (1 - b^(2t)), and the corrected
    // one gamma^2 at every step.
    EXPECT_NEAR(correction_factor(BiasCorrectionM::norm_neutral, 0.9, t) *
                    std::sqrt(1 - std::pow(0.9, 2 * t)),
                1, 1e-12);
  }
}

TEST(BiasCorrection, OfTheSecondMoment) {
  EXPECT_NEAR(correction_factor(BiasCorrectionV::standard, 0.95, 1), 20, 1e-10);
  EXPECT_EQ(correction_factor(BiasCorrectionV::none, 0.95, 1), 1);
  EXPECT_NEAR(correction_factor(BiasCorrectionV::inverse, 0.95, 1), 0.05, 1e-15);
}

TEST(BiasCorrection, WithoutMomentumThereIsNone) {
  for (const auto& [kind, name] : EnumText<BiasCorrectionM>::names)
    EXPECT_EQ(correction_factor(kind, 0, 1), 1) << name;
  for (const auto& [kind, name] : EnumText<InverseBiasCorrection>::names)
    EXPECT_EQ(correction_factor(kind, 0, 1), 1) << name;
}

TEST(BiasCorrection, TheInverseOneTendsToOne) {
  for (const auto kind : {InverseBiasCorrection::linear, InverseBiasCorrection::rms}) {
    double before = 0;
    for (int t = 1; t < 2000; ++t) {
      const double f = correction_factor(kind, 0.98, t);
      EXPECT_GE(f, before);
      before = f;
    }
    EXPECT_NEAR(before, 1, 1e-12);
  }
}

}  // namespace
}  // namespace coldstart::optim
