#include "coldstart/study/export_optuna.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

TEST(ExportOptuna, SpeaksItsLanguage) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s");
  append(launch_by_hand(study, 0) / kMetricsFile, "{\"step\":100,\"val_loss\":2.5}\n");
  finish_by_hand(study.trial(0));
  launch_by_hand(study, 1);
  finish_by_hand(study.trial(1), 1, State::infeasible, plan::Reason::diverged);
  const Store store = Store::snapshot(study);
  const auto json = nlohmann::json::parse(optuna_json(study, store.rows()));
  EXPECT_EQ(json["direction"], "minimize");
  ASSERT_EQ(json["trials"].size(), 4u);
  const auto& done = json["trials"][0];
  EXPECT_EQ(done["state"], "COMPLETE");
  EXPECT_EQ(done["value"], 2.5);
  EXPECT_EQ(done["params"]["lr"], 0.001);
  EXPECT_EQ(done["distributions"]["lr"]["name"], "FloatDistribution");
  EXPECT_EQ(done["distributions"]["lr"]["attributes"]["log"], true);
  EXPECT_EQ(json["trials"][1]["state"], "FAIL");
  EXPECT_EQ(json["trials"][1]["user_attrs"]["reason"], "diverged");
  EXPECT_EQ(json["trials"][2]["state"], "WAITING");
}

TEST(ExportOptuna, KeepsTheRatesOfTwoOptimizersApart) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s", R"(goal = "g"
command = ["c", "{opt}", "{lr}"]
max_steps = 1
sampler = "grid"
[[space]]
name = "opt"
role = "scientific"
choices = ["a", "b"]
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1, 10]
levels = 2
parent = "opt"
parent_value = "a"
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [100, 1000]
levels = 2
parent = "opt"
parent_value = "b"
)");
  const auto json = nlohmann::json::parse(optuna_json(study, Store::snapshot(study).rows()));
  EXPECT_EQ(json["trials"][0]["params"], (nlohmann::json{{"opt", "a"}, {"a:lr", 1.0}}));
  EXPECT_EQ(json["trials"][3]["params"], (nlohmann::json{{"opt", "b"}, {"b:lr", 1000.0}}));
}

}  // namespace
}  // namespace coldstart::study
