#include "coldstart/schedule/decay_shape.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::schedule {
namespace {

TEST(DecayShape, AQuarterOfTheWayDownToATenth) {
  const auto quarter = [](DecayShape shape) {
    return DecayCurve{.shape = shape, .final_ratio = 0.1, .power = 3, .drops = 1, .timescale = 25}
        .factor(25, 100);
  };
  EXPECT_DOUBLE_EQ(quarter(DecayShape::none), 1);
  EXPECT_DOUBLE_EQ(quarter(DecayShape::linear), 0.775);
  EXPECT_DOUBLE_EQ(quarter(DecayShape::cosine), 0.1 + 0.9 * 0.85355339059327378);
  EXPECT_DOUBLE_EQ(quarter(DecayShape::one_minus_sqrt), 0.55);
  EXPECT_DOUBLE_EQ(quarter(DecayShape::power), 0.1 + 0.9 * 0.421875);
  EXPECT_DOUBLE_EQ(quarter(DecayShape::exponential), 0.56234132519034912);
  EXPECT_DOUBLE_EQ(quarter(DecayShape::step), 1) << "the one drop is half way";
  EXPECT_DOUBLE_EQ(quarter(DecayShape::inverse_sqrt), std::sqrt(0.5));
}

TEST(DecayShape, StartsAtThePeakAndEndsAtTheFinalRatio) {
  for (const DecayShape shape : {DecayShape::linear, DecayShape::cosine, DecayShape::one_minus_sqrt,
                                 DecayShape::power, DecayShape::exponential, DecayShape::step}) {
    const DecayCurve curve{.shape = shape, .final_ratio = 0.3};
    EXPECT_EQ(curve.factor(0, 17), 1) << enum_name(shape);
    EXPECT_EQ(curve.factor(17, 17), 0.3) << enum_name(shape);
    for (int64_t j = 1; j <= 17; ++j)
      EXPECT_LE(curve.factor(j, 17), curve.factor(j - 1, 17)) << enum_name(shape) << j;
  }
}

TEST(DecayShape, StepsFallByTheSameFactorAfterEqualParts) {
  const DecayCurve curve{.shape = DecayShape::step, .final_ratio = 0.001, .drops = 3};
  for (int64_t j = 0; j < 100; ++j)
    EXPECT_NEAR(curve.factor(j, 100),
                j < 25   ? 1
                : j < 50 ? 0.1
                : j < 75 ? 0.01
                         : 0.001,
                1e-15)
        << j;
}

TEST(DecayShape, TheInverseSquareRootHalvesAtThreeTimescales) {
  const DecayCurve curve{.shape = DecayShape::inverse_sqrt, .timescale = 100};
  EXPECT_EQ(curve.factor(0, 1000), 1);
  EXPECT_EQ(curve.factor(300, 1000), 0.5);
  EXPECT_EQ(curve.factor(300, 5000), 0.5) << "a longer run has the same prefix";
}

}  // namespace
}  // namespace coldstart::schedule
