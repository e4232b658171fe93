#include "coldstart/plan/isolation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const HParam kOptimizer{.name = "optimizer",
                        .role = Role::scientific,
                        .scale = Scale::choice,
                        .choices = {"adam", "lion"}};

Trial with_choice(const std::string& choice, double value) {
  Trial trial = point_trial(0, value, "optimizer");
  trial.values["optimizer"] = choice;
  return trial;
}

Study of_two(size_t adam, size_t lion, double gap, uint64_t seed = 1) {
  const Rng rng(seed, Stream::test);
  Study study = simulated_study({}, 100);
  study.space = {kOptimizer};
  for (uint64_t i = 0; i < adam; ++i)
    study.trials.push_back(with_choice("adam", 3 + 0.1 * rng.normal(i)));
  for (uint64_t i = 0; i < lion; ++i)
    study.trials.push_back(with_choice("lion", 3 - gap + 0.1 * rng.normal(1000 + i)));
  return study;
}

TEST(Isolation, IS01_TheBestOfEachValueWithItsNumberOfTrials) {
  Study study = of_two(10, 10, 1);
  study.trials.push_back(with_choice("adam", 3));
  study.trials.back().state = TrialState::infeasible;
  const auto report = isolate(study, kOptimizer, 0.01);
  ASSERT_EQ(report.buckets.size(), 2u);
  EXPECT_EQ(report.buckets[0].value, "adam");
  EXPECT_EQ(report.buckets[0].results.size(), 10u);
  EXPECT_EQ(report.buckets[0].infeasible, 1);
  EXPECT_EQ(report.verdict.label, "BETTER");
  EXPECT_THAT(report.verdict.text, StartsWith("optimizer = lion is better than adam"));
  EXPECT_EQ(std::ranges::count(report.verdict.chart, '\n'), 2);
}

TEST(Isolation, WhatIsAlikeDoesNotDiffer) {
  int different = 0;
  for (uint64_t seed = 0; seed < 200; ++seed)
    different += isolate(of_two(10, 10, 0, seed), kOptimizer, 0.01).verdict.label == "BETTER";
  EXPECT_LE(different, 10);
}

TEST(Isolation, IS02_UnequalTuningIsComparedAtEqualNumbers) {
  const auto report = isolate(of_two(40, 5, 0), kOptimizer, 0.01);
  EXPECT_EQ(report.m, 5);
  EXPECT_THAT(report.verdict.warnings,
              testing::ElementsAre(StartsWith("W-UNEQUAL-TUNING: 5 to 40")));
  EXPECT_EQ(report.verdict.label, "NO_DIFFERENCE");
  EXPECT_TRUE(isolate(of_two(10, 6, 0), kOptimizer, 0.01).verdict.warnings.empty());
}

TEST(Isolation, ANumberIsPutIntoBinsOnItsScale) {
  Study study = simulated_study({}, 100);
  const HParam lr{.name = "lr", .role = Role::scientific, .scale = Scale::log, .lo = 1e-5, .hi = 1};
  for (int i = 0; i < 20; ++i) {
    study.trials.push_back(point_trial(0, 3, "lr"));
    study.trials.back().values["lr"] = fmt::format("{:.9g}", std::pow(10, -5 + 0.25 * i + 0.1));
  }
  const auto report = isolate(study, lr, 0.01);
  ASSERT_EQ(report.buckets.size(), 5u);
  EXPECT_EQ(report.buckets[0].value, "1e-05 to 0.0001");
  for (const Bucket& bucket : report.buckets) EXPECT_EQ(bucket.results.size(), 4u);
}

TEST(Isolation, SD06_ValuesOfAnotherParentAreNotMerged) {
  HParam lr{.name = "lr", .parent = "optimizer", .parent_value = "adam", .lo = 0, .hi = 1};
  Study study = of_two(4, 4, 0);
  for (Trial& trial : study.trials) trial.values["lr"] = "0.5";
  EXPECT_THROW(isolate(study, lr, 0), ConfigError);
  std::erase_if(study.trials, [](Trial& trial) { return trial.values["optimizer"] == "lion"; });
  EXPECT_NO_THROW(isolate(study, lr, 0));
}

TEST(Isolation, OneValueIsNotEnough) {
  EXPECT_EQ(isolate(of_two(10, 0, 0), kOptimizer, 0).verdict.label, "INSUFFICIENT");
  EXPECT_EQ(isolate(of_two(10, 1, 0), kOptimizer, 0).verdict.label, "INSUFFICIENT");
  EXPECT_EQ(isolate({}, kOptimizer, 0).verdict.label, "INSUFFICIENT");
}

TEST(Isolation, SD08_UnevenSamplingIsSeen) {
  EXPECT_THAT(uniform_verdict("o", {40, 10}).warnings,
              testing::ElementsAre(StartsWith("W-NONUNIFORM")));
  EXPECT_TRUE(uniform_verdict("o", {26, 24}).warnings.empty());
  EXPECT_EQ(uniform_verdict("o", {3, 2}).label, "INSUFFICIENT");
  EXPECT_EQ(uniform_verdict("o", {}).label, "INSUFFICIENT");
}

}  // namespace
}  // namespace coldstart::plan
