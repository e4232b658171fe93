#include "coldstart/tune/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::tune {
namespace {

TEST(Budget, ReadsTimeTokensAndFlops) {
  const auto is = [](const char* text, BudgetUnit unit, double amount) {
    const Budget budget = parse_budget(text);
    EXPECT_EQ(budget.unit, unit) << text;
    EXPECT_DOUBLE_EQ(budget.amount, amount) << text;
  };
  is("30m", BudgetUnit::seconds, 1800);
  is("1h30m", BudgetUnit::seconds, 5400);
  is("90s", BudgetUnit::seconds, 90);
  is("1.5 hours", BudgetUnit::seconds, 5400);
  is("20Mtok", BudgetUnit::tokens, 20e6);
  is("5e6 tokens", BudgetUnit::tokens, 5e6);
  is("3e15flop", BudgetUnit::flops, 3e15);
  is("2 PFLOP", BudgetUnit::flops, 2e15);
}

TEST(Budget, RefusesWhatIsNoAmountWithAUnit) {
  for (const char* text : {"", "30", "m", "-5m", "0s", "30m5", "1e", "20Mtok30m", "2Mtok1Mtok",
                           "30 parsecs", "nan s", "inf s"}) {
    try {
      parse_budget(text);
      ADD_FAILURE() << "'" << text << "' was taken";
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.message(), testing::HasSubstr("30m")) << text;
    }
  }
}

TEST(Budget, CostsAddUpInEveryUnit) {
  Cost cost{.seconds = 1, .tokens = 2, .flops = 3};
  cost += {.seconds = 10, .tokens = 20, .flops = 30};
  EXPECT_DOUBLE_EQ(cost.in(BudgetUnit::seconds), 11);
  EXPECT_DOUBLE_EQ(cost.in(BudgetUnit::tokens), 22);
  EXPECT_DOUBLE_EQ(cost.in(BudgetUnit::flops), 33);
  EXPECT_EQ(amount_text(BudgetUnit::seconds, 90), "1:30");
}

}  // namespace
}  // namespace coldstart::tune
