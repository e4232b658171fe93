// The diagnosis of real runs, and where it is written.
#include "coldstart/train/diagnose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

RunConfig config_with(const std::filesystem::path& out, const std::string& optimizer, double lr) {
  RunConfig config = small_config(out, 30);
  config.optimizer.name = optimizer;
  config.optimizer.lr = lr;
  config.train.keep_best = 0;
  config.train.checkpoint_every = 10;
  return config;
}

TEST(Diagnose, AdamWAtALargeRateTurnsTooFast) {
  const data::TempDir temp;
  const RunResult result = run_small(config_with(temp / "run", "adamw", 0.05));
  EXPECT_EQ(result.outcome, Outcome::finished);
  EXPECT_THAT(result.diagnosis,
              testing::MatchesRegex("Layer [01] [a-z_]+ turned by up to [0-9.]+ rad an update, "
                                    "[0-9.]+ times its equilibrium angle, from step 1 to .*"));
  EXPECT_THAT(result.diagnosis, HasSubstr("optimizer.name = lion_ar"));
  EXPECT_THAT(read_file(temp / "run/status.json"), HasSubstr("\"diagnosis\": \"Layer "));
  const std::string summary = read_file(temp / "run/summary.txt");
  EXPECT_THAT(summary, StartsWith("finished at step 30 of 30; lowest validation loss "));
  EXPECT_THAT(summary, HasSubstr("\n" + result.diagnosis.substr(0, 20)));
}

TEST(Diagnose, TheSameRunWithLionArHasNothingToSayOfAngles) {
  const data::TempDir temp;
  const RunResult result = run_small(config_with(temp / "run", "lion_ar", 0.05));
  EXPECT_THAT(result.diagnosis, Not(HasSubstr("turned by")));
  EXPECT_THAT(read_file(temp / "run/summary.txt"), Not(HasSubstr("turned by")));
}

TEST(Diagnose, ARunInRangeHasNothingToSay) {
  const data::TempDir temp;
  const RunResult result = run_small(config_with(temp / "run", "adamw", 1e-4));
  EXPECT_THAT(result.diagnosis, IsEmpty());
  EXPECT_THAT(read_file(temp / "run/status.json"), Not(HasSubstr("diagnosis")));
}

TEST(Diagnose, AResumedRunSaysTheSame) {
  const data::TempDir temp;
  const RunConfig config = config_with(temp / "run", "adamw", 0.05);
  const RunResult whole = run_small(config);
  std::filesystem::remove_all(temp / "run/checkpoints/step_00000030");
  const RunResult resumed = run_small(config, true);
  EXPECT_EQ(resumed.diagnosis, whole.diagnosis);
  EXPECT_THAT(whole.diagnosis, Not(IsEmpty()));
}

TEST(Diagnose, ADivergedRunNamesTheLayerAndTheOption) {
  const data::TempDir temp;
  RunConfig config = config_with(temp / "run", "adamw", 1e5);
  const RunResult result = run_small(config);
  EXPECT_EQ(result.outcome, Outcome::diverged);
  EXPECT_THAT(result.diagnosis, HasSubstr("turned by up to"));
  EXPECT_THAT(read_file(temp / "run/summary.txt"), StartsWith("diverged at step "));
  config.train.out = (temp / "blind").string();
  config.metrics.measure = "none";
  EXPECT_THAT(run_small(config).diagnosis, HasSubstr("metrics.measure = none"));
}

// Measures that are taken on request are judged as well.
TEST(Diagnose, WhatWasAskedForIsJudgedToo) {
  const data::TempDir temp;
  RunConfig config = config_with(temp / "run", "lion_a", 0.5);
  config.metrics.measure = "default,rrc@1";
  run_small(config);
  EXPECT_THAT(read_file(temp / "run/summary.txt"), HasSubstr("One update changed the output of "));
}

}  // namespace
}  // namespace coldstart::train
