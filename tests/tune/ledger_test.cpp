#include "coldstart/tune/ledger.h"

#include <gtest/gtest.h>

#include "coldstart/core/clock.h"
#include "tests/data/temp_dir.h"

namespace coldstart::tune {
namespace {

TEST(Ledger, CountsTheSecondsOfAllSittings) {
  const data::TempDir directory;
  const Budget budget{.unit = BudgetUnit::seconds, .amount = 100};
  {
    Ledger first(directory.path(), budget, now_s() - 30);  // began 30 s ago
    EXPECT_NEAR(first.left(), 70, 1);
    first.save();
  }
  const Ledger second(directory.path(), budget, now_s() - 20);
  EXPECT_NEAR(second.spent().seconds, 50, 1);
  EXPECT_NEAR(second.left(), 50, 1);
}

TEST(Ledger, ABudgetOfTokensDoesNotLookAtTheClock) {
  const data::TempDir directory;
  Ledger ledger(directory.path(), {.unit = BudgetUnit::tokens, .amount = 1000}, now_s() - 30);
  const CostMeter meter(ledger);
  ledger.train(400, 8e6);
  EXPECT_DOUBLE_EQ(ledger.left(), 600);
  EXPECT_DOUBLE_EQ(meter.cost().tokens, 400);
  EXPECT_DOUBLE_EQ(meter.cost().flops, 8e6);
  EXPECT_LT(meter.cost().seconds, 1);
}

}  // namespace
}  // namespace coldstart::tune
