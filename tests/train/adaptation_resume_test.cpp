// What adapts while a run is under way is exact under resume, and a rate changed by hand is refused
// or recorded. The same with SIGKILL is in tests/e2e/resume_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "coldstart/checkpoint/retention.h"
#include "coldstart/core/files.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::SizeIs;

using Change = std::function<void(RunConfig&)>;

// All of it at once: the state of one does not stand in for that of another.
void everything(RunConfig& c) {
  c.train.batch_tokens = 128;
  c.order = {.curriculum = adapt::Curriculum::self_paced,
             .curriculum_pace = 10,
             .curriculum_stages = 5,
             .self_paced_window = 20};
  c.batch = {.batch_warmup = adapt::BatchWarmup::measured,
             .batch_warmup_lr = adapt::BatchRate::rrc,
             .batch_warmup_factor = 100,
             .batch_warmup_patience = 3};
  c.plateau = {.plateau_patience = 1, .plateau_threshold = 100};
  c.train.eval_every = 3;
}

class AdaptationResume : public testing::Test {
 protected:
  // A whole run; a copy of it that was stopped right after its checkpoint at step 8.
  void run(const Change& change) {
    RunConfig config = small_config(temp_ / "whole");
    change(config);
    config.train.trunk_at = {8};
    run_small(config);
    fs::copy(temp_ / "whole", temp_ / "stopped", fs::copy_options::recursive);
    for (const int64_t step : checkpoint::list_checkpoints(temp_ / "stopped/checkpoints"))
      if (step != 8)
        fs::remove_all(checkpoint::checkpoint_path(temp_ / "stopped/checkpoints", step));
  }
  std::string resumed(const char* run) {
    run_small(config_of_run(temp_ / run), true);
    return final_state(run);
  }
  std::string final_state(const char* run) {
    const int64_t last = checkpoint::list_checkpoints(temp_ / run / "checkpoints").back();
    return state_of(temp_ / run, checkpoint::checkpoint_path("", last).string());
  }
  fs::path manifest(const char* run) {
    return temp_ / run / "checkpoints/step_00000008/manifest.json";
  }

  const data::TempDir temp_;
};

TEST_F(AdaptationResume, EqualsTheUninterruptedRunToTheByte) {
  const std::vector<std::pair<const char*, Change>> changes = {
      {"length",
       [](RunConfig& c) {
         c.order = {adapt::Curriculum::length, 10};
       }},
      {"score",
       [](RunConfig& c) {
         c.order = {adapt::Curriculum::score, 10};
       }},
      {"stages",
       [](RunConfig& c) {
         c.train.batch_tokens = 128;
         c.batch = {.batch_warmup = adapt::BatchWarmup::stages,
                    .batch_warmup_steps = 12,
                    .batch_warmup_lr = adapt::BatchRate::sqrt};
       }},
      {"everything", everything}};
  for (const auto& [name, change] : changes) {
    run(change);
    EXPECT_TRUE(resumed("stopped") == final_state("whole")) << name;
    fs::remove_all(temp_ / "whole");
    fs::remove_all(temp_ / "stopped");
  }
}

// The twin that forgets: each part of the state is needed.
TEST_F(AdaptationResume, DiffersWhenAnyPartOfTheStateIsDropped) {
  run(everything);
  const std::string whole = final_state("whole");
  for (const char* part : {"order", "batch", "plateau"}) {
    fs::remove_all(temp_ / "forgetful");
    fs::copy(temp_ / "stopped", temp_ / "forgetful", fs::copy_options::recursive);
    auto json = nlohmann::ordered_json::parse(read_file(manifest("forgetful")));
    ASSERT_EQ(json["windows"].erase(part), 1u) << part << " is in the manifest";
    write_file_atomic(manifest("forgetful"), json.dump(2) + "\n");
    EXPECT_FALSE(resumed("forgetful") == whole) << part;
  }
}

TEST_F(AdaptationResume, TheBatchGrowsAndTheTokensStay) {
  run(everything);
  const auto steps = metrics_of(temp_ / "whole", "train");
  double before = 0;
  int64_t tokens = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const double batch = steps[i].number("batch_tokens").value();
    if (i + 1 < steps.size()) {
      EXPECT_GE(batch, before) << "the last step takes what is left";
    }
    before = batch;
    tokens += static_cast<int64_t>(batch);
    EXPECT_EQ(steps[i].integer("tokens"), tokens);
  }
  EXPECT_EQ(tokens, 12 * 128);
  EXPECT_GT(steps.size(), 12u);
  EXPECT_EQ(steps.front().number("batch_tokens"), 32);
}

TEST_F(AdaptationResume, APlateauIsInTheRecordAndInTheRates) {
  run([](RunConfig& c) {
    c.schedule.shape = schedule::Shape::constant;
    c.train.eval_every = 2;
    c.plateau = {.plateau_patience = 1, .plateau_factor = 0.1, .plateau_threshold = 100};
  });
  const auto records = metrics_of(temp_ / "whole", "plateau");
  ASSERT_THAT(records, SizeIs(2)) << "down to the floor of 0.01";
  EXPECT_EQ(records[0].integer("step"), 2) << "the evaluation before step 1 was the best";
  EXPECT_DOUBLE_EQ(records[0].number("factor").value(), 0.1);
  const auto steps = metrics_of(temp_ / "whole", "train");
  EXPECT_EQ(steps[1].number("lr"), 0.01);
  EXPECT_DOUBLE_EQ(steps[2].number("lr").value(), 0.001);
  EXPECT_DOUBLE_EQ(steps[11].number("lr").value(), 0.0001);
}

TEST_F(AdaptationResume, ARateChangedByHandIsRefusedWithItsReason) {
  run([](RunConfig&) {});
  const auto refusal = [&](const Change& change) {
    RunConfig config = config_of_run(temp_ / "stopped");
    change(config);
    try {
      run_small(config, true);
    } catch (const ConfigError& error) {
      return error.message();
    }
    return std::string("accepted");
  };
  for (const std::string& message :
       {refusal([](RunConfig& c) { c.optimizer.lr = 0.001; }),
        refusal([](RunConfig& c) { c.schedule.cooldown = 0.25; }),
        refusal([](RunConfig& c) { c.plateau.plateau_patience = 1; })}) {
    EXPECT_THAT(message, HasSubstr("SC-02"));
    EXPECT_THAT(message, HasSubstr("--branch-from"));
  }
  EXPECT_THAT(refusal([](RunConfig& c) { c.train.eval_every = 2; }),
              testing::Not(HasSubstr("SC-02")));
}

TEST_F(AdaptationResume, ABranchRecordsARateChangedByHand) {
  run([](RunConfig&) {});
  const auto branch = [&](const char* name, double lr, double cooldown) {
    RunConfig config = config_of_run(temp_ / "whole");
    config.train.out = temp_ / name;
    config.optimizer.lr = lr;
    config.schedule.cooldown = cooldown;
    RunObserver nobody;
    const auto kernels = kernels::make_cpu_kernels();
    run_training({.config = config,
                  .branch_from = temp_ / "whole/checkpoints/step_00000008",
                  .time_limit_s = 0},
                 *kernels, nobody);
    return metrics_of(temp_ / name, "warning");
  };
  EXPECT_THAT(branch("cooldown", 0.01, 0.25), SizeIs(0)) << "planned branches are no intervention";
  const auto warnings = branch("lr", 0.005, 0.5);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings[0].text("text").value(), HasSubstr("by hand at step 8 (optimizer.lr"));
  EXPECT_THAT(read_file(temp_ / "lr/checkpoints/step_00000012/manifest.json"),
              HasSubstr("\"interventions\""));
}

}  // namespace
}  // namespace coldstart::train
