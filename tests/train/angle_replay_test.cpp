#include "coldstart/train/angle_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<ParamSpec> kSpecs = {{"a.weight", Role::mlp_in, 0, 2, 3},
                                       {"b.weight", Role::mlp_out, 0, 3, 2},
                                       {"gain", Role::norm_gain, 0, 0, 3}};
const optim::GroupRules kRules = {.rotates = true};

std::string line(int64_t step, const std::string& a, const std::string& b) {
  return fmt::format(
      R"({{"type":"metrics","step":{},"angular_update/model":9,)"
      R"("angular_update/role/mlp_in":9,"angular_update/rows/a.weight":[1,2,3,4,5],)"
      R"("angular_update/gain":9,"update_l2/a.weight":9,"angular_update/a.weight":{},)"
      R"("angular_update/b.weight":{}}})"
      "\n",
      step, a, b);
}

AngleReplay read(const std::string& text, int64_t steps, bool by_directory = false) {
  const data::TempDir temp;
  const std::filesystem::path path = temp / "metrics.jsonl";
  write_file_atomic(path, text);
  return read_angle_replay(by_directory ? temp.path().string() : path.string(), kSpecs, kRules, 1,
                           steps);
}

std::string refused(const std::string& text, int64_t steps = 2) {
  try {
    read(text, steps);
    return "";
  } catch (const DataError& error) {
    EXPECT_THAT(error.message(), HasSubstr("metrics.jsonl"));
    return error.message();
  }
}

TEST(AngleReplay, IsReadByTensorAndStep) {
  const std::string records = "{\"type\":\"train\",\"step\":1,\"loss\":3}\n" +
                              line(1, "0.5", "0.25") + line(2, "0", "0.125") + line(3, "7", "7");
  for (const bool by_directory : {false, true}) {
    const AngleReplay replay = read(records, 2, by_directory);
    EXPECT_THAT(replay.at(1), ElementsAre(0.5, 0.25, 0)) << "a gain does not turn";
    EXPECT_THAT(replay.at(2), ElementsAre(0, 0.125, 0));
  }
  EXPECT_TRUE(AngleReplay().at(1).empty());
}

TEST(AngleReplay, WhatDoesNotFitIsRefusedWithItsPlace) {
  const std::string first = line(1, "0.5", "0.25");
  EXPECT_THAT(refused(first), HasSubstr("the angle of a.weight at step 2 is missing; 2 steps are"));
  EXPECT_THAT(refused(""), HasSubstr("--metrics.granularity model,tensor"));
  EXPECT_THAT(refused(R"({"type":"metrics","step":1,"angular_update/model":1})"
                      "\n"),
              HasSubstr("the angle of a.weight at step 1 is missing"));
  EXPECT_THAT(refused(R"({"type":"metrics","step":1,"angular_update/a.weigth":1})"
                      "\n"),
              HasSubstr("no tensor 'a.weigth'"));
  EXPECT_THAT(refused(first + first), HasSubstr("at step 1 is there twice"));
  for (const char* angle : {"-0.1", "1.5708", "\"NaN\"", "\"Infinity\"", "null"})
    EXPECT_THAT(refused(line(1, "0.5", angle)), HasSubstr("b.weight at step 1 is no angle"))
        << angle;
  EXPECT_THAT(refused("not json\n"), HasSubstr(":1"));
  EXPECT_THROW(read_angle_replay("/nowhere/at/all", kSpecs, kRules, 1, 1), ConfigError);
}

RunConfig recorded(const std::filesystem::path& out) {
  RunConfig config = small_config(out, 6);
  config.metrics.granularity = "model,tensor";
  config.metrics.first_steps = 0;  // every step by the granularity alone
  return config;
}

// The largest difference of the angles of two runs, over matrices and steps.
double difference(const std::filesystem::path& a, const std::filesystem::path& b) {
  double largest = 0;
  int64_t compared = 0;
  const auto records = metrics_of(a, "metrics"), others = metrics_of(b, "metrics");
  for (size_t step = 0; step < records.size(); ++step) {
    for (const auto& [key, value] : records[step].entries()) {
      if (!key.starts_with("angular_update/") || !key.ends_with(".weight")) continue;
      largest = std::max(
          largest, std::abs(records[step].number(key).value() - others[step].number(key).value()));
      ++compared;
    }
  }
  EXPECT_GT(compared, 6 * 10);
  return largest;
}

TEST(AngleReplay, ARunTurnsAsTheOtherDid) {
  const data::TempDir temp;
  run_small(recorded(temp / "adamw"));
  for (const char* name : {"lion_ar", "adamw"}) {
    RunConfig config = recorded(temp / (std::string(name) + "_replay"));
    config.optimizer.name = name;
    config.optimizer.hyperball = config.optimizer.name == "adamw";
    config.optimizer.rotation_replay = (temp / "adamw").string();
    config.train.checkpoint_every = 3;
    run_small(config);
    EXPECT_LT(difference(temp / "adamw", config.train.out), 1e-6) << name;
  }
}

TEST(AngleReplay, ARunThatCannotReplayStopsBeforeTheFirstStep) {
  const data::TempDir temp;
  run_small(recorded(temp / "adamw"));
  RunConfig config = recorded(temp / "replay");
  config.optimizer.name = "lion_ar";
  config.optimizer.rotation_replay = (temp / "adamw").string();
  const auto refused = [](const RunConfig& wrong) -> std::string {
    try {
      resolve(wrong, 256);
      return "";
    } catch (const Error& error) {
      return error.message();
    }
  };
  EXPECT_EQ(refused(config), "");
  RunConfig longer = config;
  longer.train.steps = 7;
  EXPECT_THAT(refused(longer), HasSubstr("at step 7 is missing"));
  RunConfig deeper = config;
  deeper.model.layers = 3;
  EXPECT_THAT(refused(deeper), HasSubstr("h.2."));
  RunConfig shallower = config;
  shallower.model.layers = 1;
  EXPECT_THAT(refused(shallower), HasSubstr("this model has no tensor"));
  RunConfig controlled = config;
  controlled.rrc.rrc_scaling = optim::RrcForm::exact;
  EXPECT_THAT(refused(controlled), HasSubstr("rrc.rrc_scaling"));
  RunConfig clipped = config;
  clipped.clip.rule = adapt::ClipRule::update;
  EXPECT_THAT(refused(clipped), HasSubstr("clip.rule"));
}

}  // namespace
}  // namespace coldstart::train
