// Section 11.1 of the design: replay of finished runs.
#include "coldstart/plan/calibrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/law_runs.h"

namespace coldstart::plan {
namespace {

TEST(Calibrate, RunsAreCutPredictedAndCompared) {
  const std::vector<Trial> trials = {law_trial("trunk", trunk(48'000), 5e-4),
                                     law_trial("cooled", cooled(6'000, 9'000), 5e-4),
                                     law_trial("late", cooled(12'000, 15'000), 5e-4)};
  const Calibration c = calibrate(trials);
  ASSERT_EQ(c.predictions.size(), 1u) << "the others end within the first third";
  const ReplayedPrediction& p = c.predictions[0];
  EXPECT_EQ(p.run, "trunk");
  EXPECT_NEAR(p.from, 16'000, 100);
  EXPECT_TRUE(p.refused.empty());
  EXPECT_NEAR(p.error(), 0, 0.01);
  EXPECT_TRUE(p.hit());
  EXPECT_EQ(c.errors().size(), 1u);
  EXPECT_THAT(text_of(c), testing::HasSubstr("hit"));
}

TEST(Calibrate, VerdictsAreScoredOnRunsAtConstantRate) {
  const Calibration c = calibrate(std::vector<Trial>{law_trial("trunk", trunk(48'000), 5e-4),
                                                     law_trial("cosine", cosine(48'000), 5e-4)});
  ASSERT_EQ(c.verdicts.size(), 2u);
  EXPECT_EQ(c.verdicts[0].truth, Workload::compute_bound);
  EXPECT_EQ(c.verdicts[0].verdict, Workload::compute_bound);
  EXPECT_THAT(c.verdicts[1].refused, testing::HasSubstr("decays"));
}

TEST(Calibrate, WhatCannotBeReplayedSaysWhy) {
  Trial blind = law_trial("blind", trunk(24'000));
  blind.evals.val.clear();
  const Calibration c = calibrate(std::vector<Trial>{law_trial("trunk", trunk(48'000)), blind});
  EXPECT_THAT(text_of(c), testing::HasSubstr("blind: none"));
  EXPECT_THROW(calibrate(std::vector<Trial>{blind}), DataError);
  EXPECT_THROW(calibrate({}), DataError);
}

}  // namespace
}  // namespace coldstart::plan
