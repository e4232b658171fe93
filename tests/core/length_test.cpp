#include "coldstart/core/length.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart {
namespace {

int64_t steps(const char* text, const LengthScale& scale) {
  return Length::parse(text)->steps_of(scale, "test");
}

TEST(Length, StepsStayAndSharesAreRoundedToTheNearestStep) {
  EXPECT_EQ(steps("100", {.total_steps = 7}), 100);
  EXPECT_EQ(steps("2%", {.total_steps = 1000}), 20);
  EXPECT_EQ(steps("0.5%", {.total_steps = 1000}), 5);
  EXPECT_EQ(steps("1%", {.total_steps = 149}), 1);
  EXPECT_EQ(steps("1%", {.total_steps = 151}), 2);
  EXPECT_EQ(steps("100%", {.total_steps = 3}), 3);
  EXPECT_EQ(steps("0%", {.total_steps = 1000}), 0);
  EXPECT_EQ(Length().steps_of({.total_steps = 1000}, "test"), 0);
}

TEST(Length, AnAmountOfDataIsRoundedUpToWholeSteps) {
  const LengthScale scale{.tokens_per_step = 10, .tokens_per_epoch = 1005};
  EXPECT_EQ(steps("100 tokens", scale), 10);
  EXPECT_EQ(steps("101 tokens", scale), 11);
  EXPECT_EQ(steps("1 token", scale), 1);
  EXPECT_EQ(steps("0 tokens", scale), 0);
  EXPECT_EQ(steps("1 epoch", scale), 101);
  EXPECT_EQ(steps("2 epochs", scale), 201);
  EXPECT_EQ(steps("0.7epochs", {.tokens_per_step = 7, .tokens_per_epoch = 70}), 7)
      << "0.7 * 70 is a little above 49 in a double";
  EXPECT_EQ(steps("3e6tokens", {.tokens_per_step = 4096}), 733);
}

TEST(Length, WhatTheScaleDoesNotKnowIsRefused) {
  EXPECT_THROW(steps("100 tokens", {.total_steps = 5}), ConfigError);
  EXPECT_THROW(steps("1 epoch", {.tokens_per_step = 10}), ConfigError);
  EXPECT_THROW(steps("1e300 tokens", {.tokens_per_step = 10}), ConfigError);
}

TEST(Length, TextGivesBackWhatWasWritten) {
  for (const char* text : {"0", "100", "2%", "0.5%", "33.3%", "5000000 tokens", "0.5 epochs"})
    EXPECT_EQ(Length::parse(text)->text(), text);
}

TEST(Length, AFractionWithoutPercentSignIsRefused) {
  for (const char* text : {"0.02", "", "%", "-1", "-1%", "100.5%", "2 %", "inf%", "nan%", "tokens",
                           "-1 tokens", "inf epochs", "nan epochs", "2  epochs", "2 steps"})
    EXPECT_FALSE(Length::parse(text)) << text;
}

}  // namespace
}  // namespace coldstart
