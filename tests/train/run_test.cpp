#include "coldstart/train/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "coldstart/data/dataset.h"
#include "coldstart/data/stories.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(Run, ItsConfigurationStartsTheSameRunSomewhereElse) {
  const data::TempDir temp;
  run_small(small_config(temp / "one"));
  RunConfig again = config_of_run(temp / "one");
  again.train.out = (temp / "two").string();
  run_small(again);
  EXPECT_EQ(state_of(temp / "one", "step_00000012"), state_of(temp / "two", "step_00000012"));
}

TEST(Run, WhatIsWrongLeavesNothingBehind) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run");
  config.model.context = 1 << 20;  // longer than the data
  config.train.batch_tokens = 1 << 20;
  EXPECT_THROW(run_small(config), Error);
  EXPECT_FALSE(fs::exists(temp / "run"));
}

TEST(Run, TheConfigurationSaysWhichAndHowManyStories) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run");
  config.data.path = "builtin:stories";
  config.data.stories_bytes = 20'000;
  config.data.stories_seed = 4;
  const auto data = open_data(config);
  const auto& dataset = dynamic_cast<const data::Dataset&>(*data);
  const std::string all = data::tell_stories(4, 20'000);
  EXPECT_EQ(dataset.train.size() + dataset.val.size(), static_cast<int64_t>(all.size()));
  config.data.stories_seed = 5;
  EXPECT_NE(open_data(config)->id, dataset.id);
}

TEST(Run, TheDryRunSaysWhatTheRunThenDoes) {
  const data::TempDir temp;
  const auto kernels = kernels::make_cpu_kernels();
  const RunRequest request{
      .config = small_config(temp / "run"), .resume = false, .branch_from = {}, .time_limit_s = 0};
  const DryRun dry = dry_run(request, *kernels);
  EXPECT_FALSE(fs::exists(temp / "run"));
  EXPECT_GT(dry.facts.peak_gflops, 0);
  const RunResult result = run_small(request.config);
  EXPECT_EQ(result.step, dry.facts.total_steps);
  EXPECT_EQ(result.tokens, dry.facts.total_steps * dry.facts.tokens_per_step);
  RunConfig ran = config_of_run(temp / "run");
  EXPECT_EQ(to_toml(ran), dry.config_toml);
}

TEST(Run, MeasuresThePeakOnlyWhenAsked) {
  struct Facts : RunObserver {
    void on_start(const RunFacts& facts) override { peak_gflops = facts.peak_gflops; }
    double peak_gflops = -1;
  } facts;
  const data::TempDir temp;
  const auto kernels = kernels::make_cpu_kernels();
  RunRequest request{
      .config = small_config(temp / "a", 2), .resume = false, .branch_from = {}, .time_limit_s = 0};
  EXPECT_EQ(run_training(request, *kernels, facts).fraction_of_peak, 0);
  EXPECT_EQ(facts.peak_gflops, 0);
  request.config.train.out = (temp / "b").string();
  request.measure_peak = true;
  const RunResult result = run_training(request, *kernels, facts);
  EXPECT_GT(facts.peak_gflops, 0);
  EXPECT_GT(result.fraction_of_peak, 0);
  EXPECT_GT(result.tokens_per_s, 0);
  EXPECT_EQ(read_file(temp / "a/metrics.jsonl"), read_file(temp / "b/metrics.jsonl"))
      << "measuring changes nothing";
}

TEST(RunMH01, InitialWeightsAndDataOrderAreFunctionsOfTheSeed) {
  const data::TempDir temp;
  const auto begin = [&](const char* name, int64_t seed) {
    RunConfig config = small_config(temp / name, 3);
    config.train.seed = seed;
    config.optimizer.lr =
        1e-12;  // the weights stay: what differs is where they began, and the data
    run_small(config);
    return read_file(temp / name / "metrics.jsonl");
  };
  const std::string first = begin("a", 1);
  EXPECT_EQ(begin("b", 1), first) << "whichever process asks";
  EXPECT_NE(begin("c", 2), first);
}

TEST(Run, TextIsPreparedOnceForAllRunsOfADirectory) {
  const data::TempDir temp;
  const auto manifest = [&] {
    for (const auto& entry : fs::recursive_directory_iterator(temp / ".data"))
      if (entry.path().filename() == "data.json") return entry.path();
    return fs::path();
  };
  run_small(small_config(temp / "one", 1));
  ASSERT_FALSE(manifest().empty());
  const auto written = fs::last_write_time(manifest());
  run_small(small_config(temp / "two", 1));
  EXPECT_EQ(fs::last_write_time(manifest()), written);
}

}  // namespace
}  // namespace coldstart::train
