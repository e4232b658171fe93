#include "coldstart/tune/longer_run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/tune/outline.h"
#include "tests/plan/law_runs.h"

namespace coldstart::tune {
namespace {

using testing::HasSubstr;

// A cooled run as the trainer records it: a loss and a rate for every step, hardly an evaluation.
plan::Trial recorded(int64_t steps, double noise) {
  const int64_t from = trunk_steps(steps);
  const schedule::Schedule s{.hold = from, .decay = steps - from, .base = 3e-4};
  plan::Trial trial;
  trial.name = fmt::format("of {}", steps);
  trial.state = plan::TrialState::finished;
  trial.planned_steps = steps;
  trial.evals.step = {0, steps};
  trial.evals.val = {5.5, 3};
  const plan::LrTrace rates = plan::LrTrace::of(s, steps);
  const Rng rng(static_cast<uint64_t>(steps), Stream::test);
  std::vector<double> at;
  for (int64_t step = 1; step <= steps; ++step) at.push_back(static_cast<double>(step));
  const plan::AnnealingSums sums = plan::annealing_sums(rates, 0.999, at);
  for (size_t i = 0; i < at.size(); ++i) {
    trial.steps.step.push_back(static_cast<int64_t>(at[i]));
    trial.steps.lr.push_back(s.lr(static_cast<int64_t>(at[i]) - 1));
    trial.steps.loss.push_back(plan::kLaw.loss(sums.s1[i], sums.s2[i]) +
                               noise * rng.normal(static_cast<uint64_t>(i)));
  }
  return trial;
}

constexpr int64_t kSteps = 24'000;
constexpr double kNoise = 0.05;  // nats, of a batch

TEST(TuneLongerRun, ProductionAndRoundOneForeseeTwiceTheSteps) {
  const LongerRun longer = foresee({recorded(kSteps, kNoise), recorded(kSteps / 5, kNoise)}, 0.5);
  ASSERT_TRUE(longer.foreseen());
  EXPECT_EQ(longer.steps, 2 * kSteps);
  EXPECT_EQ(longer.verdict.label, "GOOD");
  const double truth = recorded(2 * kSteps, 0).steps.loss.back();
  EXPECT_LE(longer.prediction.range.lo, truth);
  EXPECT_GE(longer.prediction.range.hi, truth);
  EXPECT_NEAR(longer.now, recorded(kSteps, 0).steps.loss.back(), 0.02);
}

TEST(TuneLongerRun, TheProductionRunAloneReachesLessFar) {
  const LongerRun longer = foresee({recorded(kSteps, kNoise)}, 0.5);
  ASSERT_TRUE(longer.foreseen());
  EXPECT_EQ(longer.steps, 3 * kSteps / 2);
  EXPECT_EQ(longer.verdict.label, "POOR");
}

TEST(TuneLongerRun, ATextThatIsReadManyTimesIsRefusedInThePlannersWords) {
  const LongerRun longer = foresee({recorded(kSteps, kNoise)}, 5);
  EXPECT_FALSE(longer.foreseen());
  EXPECT_EQ(longer.verdict.label, "REFUSED");
  EXPECT_THAT(longer.verdict.text, HasSubstr("passes over the data"));
}

TEST(TuneLongerRun, ARangeThatReachesAboveTheLossOfNowPromisesNothing) {
  LongerRun longer{.steps = 2000, .times = 2, .now = 0.9, .prediction = {}, .verdict = {}};
  longer.prediction.range = {.lo = 0.6, .mid = 0.7, .hi = 0.8};
  EXPECT_THAT(answer_of(longer), HasSubstr("would bring the loss of the batches from 0.9000"));
  longer.prediction.range.hi = 1;
  EXPECT_THAT(answer_of(longer), HasSubstr("these runs do not tell"));
}

TEST(TuneLongerRun, TooShortARunIsNoCurve) {
  EXPECT_THROW(foresee({recorded(15, 0)}, 0.5), DataError);
}

}  // namespace
}  // namespace coldstart::tune
