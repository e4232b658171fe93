#include "coldstart/optim/rrc_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace coldstart::optim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double exact(double phi, double B) { return rrc_scale(RrcForm::exact, phi, B, 1); }

TEST(RrcScale, TheTableOfTheDesign) {
  const double phis[] = {1e-4, 1e-3, 1e-2, 0.1, 1};
  const double large[] = {.977, .822, .417, .150, .064}, small[] = {.998, .985, .875, .512, .246};
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(exact(phis[i], 480), large[i], 6e-4);
    EXPECT_NEAR(exact(phis[i], 32), small[i], 6e-4);
  }
}

TEST(RrcScale, SimpleIsExactForSmallPhi) {
  EXPECT_NEAR(rrc_scale(RrcForm::simple, 1e-6, 480, 1), exact(1e-6, 480), 1e-6);
  EXPECT_DOUBLE_EQ(rrc_scale(RrcForm::simple, 1, 3, 1), 0.5);
}

// It keeps RRC^2 = (phi + 1/B + 1/C) / (1 + phi) at its value for phi = 0.
TEST(RrcScale, DimensionKeepsTheRelativeRepresentationChange) {
  const double B = 64, C = 128;
  for (const double phi : {0.0, 1e-3, 0.1, 5.0}) {
    const double s = rrc_scale(RrcForm::dimension, phi, B, C);
    EXPECT_NEAR(s * s * (phi + 1 / B + 1 / C) / (1 + phi), 1 / B + 1 / C, 1e-15);
  }
}

TEST(RrcScale, DimensionWithoutItsTermIsExact) {
  for (const double phi : {0.0, 0.01, 3.0})
    EXPECT_NEAR(rrc_scale(RrcForm::dimension, phi, 480, kInfinity), exact(phi, 480), 1e-14);
}

TEST(RrcScale, InfinitePhiIsTheLimit) {
  for (const auto form : {RrcForm::exact, RrcForm::simple, RrcForm::dimension})
    EXPECT_NEAR(rrc_scale(form, kInfinity, 480, 768), rrc_scale(form, 1e15, 480, 768), 1e-6);
}

TEST(RrcScale, NoneIsOne) { EXPECT_EQ(rrc_scale(RrcForm::none, 3, 480, 768), 1); }

}  // namespace
}  // namespace coldstart::optim
