// Rows R1-06, R2-02, SX-02 of the design; section 6.5.
#include "coldstart/plan/lr_bracket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(LrBracketR106, TenTimesLongerGivesOneTwoThirdsAndHalf) {
  const LrBracket b = lr_bracket({.lr = 1, .times = 10, .runs = 3});
  EXPECT_THAT(b.candidates, ElementsAre(1, DoubleNear(0.69, 0.005), DoubleNear(0.48, 0.005)));
  EXPECT_EQ(b.chosen, b.candidates);
  EXPECT_THAT(b.notes, testing::Contains(testing::HasSubstr("SHORT_HORIZON")));
}

TEST(LrBracket, OneRunTakesTheBaseRateUnlessItStoodAtTheEdgeOfStability) {
  EXPECT_THAT(lr_bracket({.lr = 1, .times = 10}).chosen, ElementsAre(1));
  EXPECT_THAT(lr_bracket({.lr = 1, .times = 10, .upper_edge = true}).chosen,
              ElementsAre(DoubleNear(0.69, 0.005)));
}

TEST(LrBracket, TwoRunsTakeTheEnds) {
  EXPECT_THAT(lr_bracket({.lr = 1, .times = 10, .runs = 2}).chosen,
              ElementsAre(1, DoubleNear(0.48, 0.005)));
}

TEST(LrBracket, AGrowingBatchKeepsTheBaseRateAndSaysWhy) {
  const LrBracket b = lr_bracket({.lr = 1, .times = 10, .runs = 3, .batch_grows = true});
  EXPECT_THAT(b.candidates, ElementsAre(1));
  EXPECT_THAT(b.notes, testing::Contains(testing::HasSubstr("batch grows")));
}

TEST(LrBracket, TheTimescaleIsKeptByDividingTheDecay) {
  EXPECT_DOUBLE_EQ(keep_timescale(0.1, 10), 0.01);
}

TEST(LrBracket, BadNumbersAreRefused) {
  EXPECT_THROW(lr_bracket({.lr = 0, .times = 2}), ConfigError);
  EXPECT_THROW(lr_bracket({.lr = 1, .times = 0}), ConfigError);
  EXPECT_THROW(lr_bracket({.lr = 1, .times = 2, .runs = 0}), ConfigError);
}

}  // namespace
}  // namespace coldstart::plan
