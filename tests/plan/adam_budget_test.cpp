#include "coldstart/plan/adam_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

using testing::ElementsAre;

TEST(AdamBudget, AM01_WhatToTuneWithSoManyTrials) {
  EXPECT_THAT(adam_hyperparameters(1), ElementsAre("lr"));
  EXPECT_THAT(adam_hyperparameters(9), ElementsAre("lr"));
  EXPECT_THAT(adam_hyperparameters(10), ElementsAre("lr", "beta1"));
  EXPECT_THAT(adam_hyperparameters(24), ElementsAre("lr", "beta1"));
  EXPECT_THAT(adam_hyperparameters(25), ElementsAre("lr", "beta1", "epsilon"));
  EXPECT_THAT(adam_hyperparameters(50), ElementsAre("lr", "beta1", "epsilon", "beta2"));
  EXPECT_THROW(adam_hyperparameters(0), ConfigError);
}

}  // namespace
}  // namespace coldstart::plan
