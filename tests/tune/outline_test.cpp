#include "coldstart/tune/outline.h"

#include <gtest/gtest.h>

namespace coldstart::tune {
namespace {

// Everything that is planned.
int64_t total(const Outline& o) {
  const PhaseSteps steps = phase_steps(o);
  return steps.rates + steps.warmup + steps.round1 + steps.round2;
}

TEST(Outline, SharesOutWhatThereIs) {
  for (const int64_t steps : {1000, 1500, 2000, 2500, 3000, 10000, 100000}) {
    const Outline o = outline_of(steps);
    EXPECT_TRUE(o.tuned) << steps;
    EXPECT_EQ(total(o), steps);
    EXPECT_GE(o.trial_steps, kFewestTrialSteps) << steps;
    // The production run has the larger part of the budget.
    EXPECT_GE(static_cast<double>(o.production_steps), 0.54 * static_cast<double>(steps)) << steps;
    EXPECT_GE(o.bridge_steps, 2 * o.trial_steps) << steps;
  }
}

TEST(Outline, WhatDoesNotFitIsLeftOutAndNamed) {
  const Outline large = outline_of(20000);
  EXPECT_TRUE(large.full);
  EXPECT_TRUE(large.skipped.empty());

  EXPECT_EQ(large.pairs, kPairs);

  const Outline lean = outline_of(kFewestFullSteps - 1);
  EXPECT_FALSE(lean.full);
  EXPECT_EQ(lean.pairs, kPairs);
  EXPECT_EQ(lean.warmed, 5);
  EXPECT_EQ(lean.skipped.size(), 1u);

  const Outline unpaired = outline_of(kFewestPairedSteps - 1);
  EXPECT_EQ(unpaired.pairs, 1);
  EXPECT_EQ(unpaired.warmed, 1);
  ASSERT_EQ(unpaired.skipped.size(), 2u);
  EXPECT_NE(unpaired.skipped[1].find("one pair"), std::string::npos);

  const Outline single = outline_of(kFewestTunedSteps - 1);
  EXPECT_FALSE(single.tuned);
  EXPECT_EQ(total(single), kFewestTunedSteps - 1);
  EXPECT_EQ(single.production_steps, kFewestTunedSteps - 1);
  ASSERT_EQ(single.skipped.size(), 1u);
  EXPECT_NE(single.skipped[0].find("not tuned"), std::string::npos);
}

}  // namespace
}  // namespace coldstart::tune
