// The verbs that run probes, as a user types them: steps init, branch and rungs, stability,
// throughput.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Probes : public testing::Test {
 protected:
  Probes() {
    write_file_atomic(temp_ / "run.toml", fmt::format(R"([model]
layers = 1
width = 16
heads = 2
context = 16
[data]
path = "{}"
[schedule]
shape = "constant"
[train]
steps = 40
batch_tokens = 64
eval_every = 10
eval_tokens = 128
checkpoint_every = 0
keep_best = 0
trunk_at = [20]
[optimizer]
lr = 0.01
)",
                                                      (source_dir() / "LICENSE").string()));
  }
  ProgramResult run(const std::vector<std::string>& arguments) {
    return run_program(arguments, temp_.path().string());
  }
  static nlohmann::json last_json(const std::string& out) {
    const std::string lines = out.substr(0, out.find_last_not_of('\n') + 1);
    const size_t from = lines.rfind('\n');
    return nlohmann::json::parse(from == std::string::npos ? lines : lines.substr(from + 1));
  }

  const data::TempDir temp_;
};

TEST_F(Probes, BranchCoolsDownFromATrunksCheckpoint) {
  ASSERT_EQ(run({"train", "run.toml", "--out", "trunk", "--quiet"}).status, 0);
  const auto r = run({"steps", "branch", "trunk", "--from", "20", "--steps", "10", "--json"});
  ASSERT_EQ(r.status, 0) << r.err;
  const auto json = nlohmann::json::parse(r.out);
  EXPECT_EQ(json["label"], "COOLED");
  EXPECT_EQ(json["rule"], "SX-05");
  EXPECT_TRUE(std::filesystem::exists(temp_ / "trunk-20-cooled-10" / "metrics.jsonl"));
  const auto again = run({"steps", "branch", "trunk", "--from", "20", "--steps", "10"});
  EXPECT_THAT(again.out, AllOf(HasSubstr("COOLED"), HasSubstr("steps predict trunk")));
}

TEST_F(Probes, BranchOffersTheCheckpointsThereAre) {
  ASSERT_EQ(run({"train", "run.toml", "--out", "trunk", "--quiet"}).status, 0);
  const auto far = run({"steps", "branch", "trunk", "--from", "30", "--steps", "10"});
  EXPECT_EQ(far.status, 2);
  EXPECT_THAT(far.err, HasSubstr("it has those of step 20, 40"));
  const auto shape =
      run({"steps", "branch", "trunk", "--from", "20", "--steps", "10", "--cooldown", "steep"});
  EXPECT_THAT(shape.err, HasSubstr("1-sqrt"));
  EXPECT_THAT(run({"steps", "branch", "run.toml", "--from", "20", "--steps", "10"}).err,
              HasSubstr("holds no run"));
}

TEST_F(Probes, InitRunsItsSweepAndGoesOnWithWhatIsThere) {
  const std::vector<std::string> init = {"steps",          "init", "run.toml", "--fit",
                                         "train_loss<4.4", "--lr", "1e-3:1e-1"};
  const auto r = run(init);
  ASSERT_EQ(r.status, 0) << r.out << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("max_train_steps = "), HasSubstr("found by doubling"),
                           HasSubstr("for the sweep  optimizer.weight_decay")));
  auto as_json = init;
  as_json.emplace_back("--json");
  const auto again = run(as_json);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(last_json(again.out)["rule"], HasSubstr("LS-0"));
}

TEST_F(Probes, InitThatCannotFitGivesNoNumber) {
  const auto r = run({"steps", "init", "run.toml", "--fit", "train_loss<0.001", "--lr", "3e-3:4e-2",
                      "--cap", "10", "--quiet"});
  EXPECT_EQ(r.status, 3);
  EXPECT_THAT(r.out, HasSubstr("NOT_FITTABLE"));
}

TEST_F(Probes, StabilityVerbsShareTheSweep) {
  const auto before = run({"stability", "warmup", "run.toml"});
  EXPECT_EQ(before.status, 2);
  EXPECT_THAT(before.err, HasSubstr("coldstart stability sweep run.toml"));
  const auto sweep = run({"stability", "sweep", "run.toml", "--lr", "3e-3:1", "--json"});
  const auto json = nlohmann::json::parse(sweep.out);
  const double best = json["evidence"][0]["value"][1];
  EXPECT_GE(best, 3e-3);
  const auto early = run({"stability", "early", "run.toml", "--steps", "30", "--json"});
  EXPECT_EQ(nlohmann::json::parse(early.out)["rule"], "ST-06") << early.err;
  EXPECT_TRUE(std::filesystem::exists(temp_ / "run-stability" /
                                      fmt::format("early-lr-{:.4g}-30", 2 * best)))
      << "twice the sweep's best rate";
}

TEST_F(Probes, StabilityWarmupAndClipPrintAVerdict) {
  const auto warmup = run({"stability", "warmup", "run.toml", "--set", "steps=200", "--unstable-lr",
                           "0.003", "--warmups", "8,16"});
  EXPECT_THAT(warmup.out, HasSubstr("8 steps of warmup to 0.03")) << warmup.err;
  const auto clip = run({"stability", "clip", "run.toml", "--lr", "1e-4", "--json"});
  EXPECT_EQ(clip.status, 0) << clip.err;
  EXPECT_EQ(nlohmann::json::parse(clip.out)["rule"], "GC-03");
}

TEST_F(Probes, ThroughputPrintsALadderAndIsNotMeasuredTwice) {
  const std::vector<std::string> ladder = {"throughput", "run.toml", "--batch",
                                           "1..4",       "--steps",  "3"};
  const auto r = run(ladder);
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("examples/s"), HasSubstr("data wait"), HasSubstr("BS-02")));
  const auto tail = [](const std::string& out) { return out.substr(out.find("examples/s")); };
  EXPECT_EQ(tail(run(ladder).out), tail(r.out));
  EXPECT_EQ(run({"throughput", "run.toml", "--batch", "4"}).status, 2);
}

TEST_F(Probes, ThroughputGoesOnToALossAndToTheNoiseScale) {
  const auto r = run({"throughput", "run.toml", "--batch", "2..4", "--steps", "2", "--target",
                      "4.5", "--noise-scale"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("steps to loss"), HasSubstr("reaches the target soonest"),
                           HasSubstr("B_c at 50 %"), HasSubstr("STALE: learning rate")));
  EXPECT_EQ(run({"throughput", "run.toml", "--target", "-1"}).status, 2);
}

TEST_F(Probes, RungsTestIdeasAtGrowingLengths) {
  write_file_atomic(temp_ / "rungs.toml", R"(config = "run.toml"
production = 40
rungs = 2
sigma = 0.01
[[idea]]
id = "slow"
set = ["lr=1e-5"]
)");
  const auto r = run({"steps", "rungs", "rungs.toml", "-o", "out"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("slow: REJECTED"), HasSubstr("SX-04"), HasSubstr("KEEP")));
  const auto json = run({"steps", "rungs", "rungs.toml", "-o", "out", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out)["label"], "KEEP");
}

TEST_F(Probes, PlanPrintsAPipelineAndJson) {
  const auto text = run({"steps", "plan", "--pipeline", "--production", "100000", "--rungs", "3"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("31623"), HasSubstr("coldstart steps rungs")));
  const auto rungs = nlohmann::json::parse(
      run({"steps", "plan", "--pipeline", "--production", "100000", "--rungs", "3", "--json"}).out);
  EXPECT_EQ(rungs["rungs"].size(), 3u);
  EXPECT_EQ(rungs["rungs"][2]["length"], 100'000);
  const auto rounds =
      nlohmann::json::parse(run({"steps", "plan", "--production", "100000", "--budget", "100",
                                 "--steps-per-second", "10", "--json"})
                                .out);
  EXPECT_EQ(rounds["rounds"].size(), 3u) << "two rounds and the bridge";
  EXPECT_GT(rounds["hours"], 0);
}

TEST_F(Probes, AValueThatIsNoneIsRefused) {
  EXPECT_THAT(run({"throughput", "run.toml", "--set", "lr"}).err, HasSubstr("KEY=VALUE"));
  EXPECT_THAT(run({"throughput", "run.toml", "--set", "lrr=1"}).err, HasSubstr("lr"));
}

}  // namespace
}  // namespace coldstart
