#include "coldstart/plan/first_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::plan {
namespace {

Trial with_best(double loss, int64_t vocab) {
  Trial t;
  t.name = "first";
  t.vocab = vocab;
  t.evals.step = {0, 10};
  t.evals.val = {5.6, loss};
  return t;
}

TEST(FirstConfigIC01, ALossWithinANatOfGuessingIsNoStart) {
  const auto finding = hardly_better_than_chance(with_best(4.9, 256));  // ln 256 = 5.545
  ASSERT_TRUE(finding);
  EXPECT_THAT(*finding, testing::HasSubstr("chance is 5.545"));
  EXPECT_FALSE(hardly_better_than_chance(with_best(4.5, 256)));
}

TEST(FirstConfigIC01, WithoutVocabularyOrLossNothingIsSaid) {
  EXPECT_FALSE(hardly_better_than_chance(with_best(4.9, 0)));
  EXPECT_FALSE(hardly_better_than_chance(Trial{}));
}

}  // namespace
}  // namespace coldstart::plan
