#include "coldstart/tune/model_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/tune/base_config.h"

namespace coldstart::tune {
namespace {

using testing::HasSubstr;

// Tokens a second that fall with the work of a token, as on a machine of so many GFLOP/s.
ModelChoice choose(double gflops, double seconds, int64_t text_tokens) {
  return choose_model({.unit = BudgetUnit::seconds, .amount = seconds}, 0.5, text_tokens, 256,
                      [&](const Size& size) {
                        const double parameters = 12.0 * static_cast<double>(size.layers) *
                                                  static_cast<double>(size.width * size.width);
                        return gflops * 1e9 / (6 * parameters);
                      });
}

TEST(ModelChoice, MoreTimeOrAFasterMachineBuysALargerModel) {
  constexpr int64_t kText = 100'000'000;
  const ModelChoice minute = choose(50, 60, kText), hours = choose(50, 7200, kText),
                    fast = choose(2000, 60, kText);
  EXPECT_LT(minute.chosen.parameters, hours.chosen.parameters);
  EXPECT_LT(minute.chosen.parameters, fast.chosen.parameters);
  for (const ModelChoice* choice : {&minute, &hours, &fast}) {
    EXPECT_GE(choice->chosen.tokens_per_parameter(), kTokensPerParameter);
    EXPECT_GE(choice->reasons.size(), choice->ladder.size());
    // The next larger one would see too little.
    EXPECT_LT(choice->ladder.back().tokens_per_parameter(), kTokensPerParameter);
  }
}

TEST(ModelChoice, ASmallTextIsSaidToBeAtRisk) {
  EXPECT_TRUE(choose(50, 600, 100'000'000).risks.empty());
  const ModelChoice small = choose(50, 600, 100'000);
  ASSERT_FALSE(small.risks.empty());
  EXPECT_THAT(small.risks.front(), HasSubstr("by heart"));
}

TEST(ModelChoice, TooLittleForTheSmallestIsSaid) {
  const ModelChoice choice = choose(0.01, 10, 1'000'000);
  EXPECT_STREQ(choice.chosen.size.name, ladder().front().name);
  ASSERT_FALSE(choice.risks.empty());
  EXPECT_THAT(choice.risks.front(), HasSubstr("larger budget"));
}

TEST(ModelChoice, EvaluationsStaySmallBesideTheRun) {
  EXPECT_EQ(eval_tokens_for(1000), kFewestEvalTokens);
  EXPECT_EQ(eval_tokens_for(int64_t{1} << 40), kMostEvalTokens);
  EXPECT_EQ(eval_tokens_for(4'000'000), 10'000);
}

}  // namespace
}  // namespace coldstart::tune
