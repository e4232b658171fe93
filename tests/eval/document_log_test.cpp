#include "coldstart/eval/document_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "coldstart/core/error.h"
#include "tests/train/small_run.h"

namespace coldstart::eval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::EndsWith;
using train::config_of_run;
using train::metrics_of;
using train::run_small;
using train::RunConfig;
using train::small_config;
using train::steps_of;

std::vector<double> losses_of(const io::JsonRecord& record) {
  return std::get<std::vector<double>>(*record.find("losses"));
}

// 128 tokens of 16 a sequence: 8 documents.
TEST(Documents, EV06_TheLossesOfTheSameDocumentsAreKeptAtEachEvaluation) {
  const data::TempDir temp;
  run_small(small_config(temp / "run"));
  const auto evals = metrics_of(temp / "run", "eval");
  const auto kept = io::read_json_lines(temp / "run/documents.jsonl");
  EXPECT_EQ(steps_of(kept), steps_of(evals));
  EXPECT_THAT(steps_of(kept), ElementsAre(0, 5, 10, 12));
  for (size_t i = 0; i < kept.size(); ++i) {
    const auto losses = losses_of(kept[i]);
    ASSERT_EQ(losses.size(), 8u) << "all of a set that has fewer than the 64 asked for";
    EXPECT_NEAR(std::accumulate(losses.begin(), losses.end(), 0.0) / 8,
                evals[i].number("val_loss").value(), 1e-5)
        << "whole sequences: the mean of their means is the loss";
    EXPECT_EQ(kept[i].text("set"), kept[0].text("set"));
  }
  EXPECT_NE(losses_of(kept[0]), losses_of(kept[3])) << "the model has learnt";
}

TEST(Documents, AreSpreadOverTheSetAndToldApartByIt) {
  const data::TempDir temp;
  const auto first_of = [&](const char* name, RunConfig config) {
    config.train.out = (temp / name).string();
    run_small(config);
    return io::read_json_lines(temp / name / "documents.jsonl").front();
  };
  RunConfig config = small_config("", 1);
  const auto all = first_of("all", config);
  config.train.eval_documents = 4;
  const auto four = first_of("four", config);
  const auto of_all = losses_of(all);
  EXPECT_THAT(losses_of(four), ElementsAre(of_all[0], of_all[2], of_all[4], of_all[6]));
  EXPECT_THAT(four.text("set").value(), EndsWith("/4"));
  config.train.seed = 7;
  EXPECT_EQ(first_of("seed", config).text("set"), four.text("set"))
      << "another model, the same documents";
  config.train.eval_tokens = 64;
  EXPECT_NE(first_of("set", config).text("set"), four.text("set"));
  config.train.eval_documents = 0;
  config.train.out = (temp / "none").string();
  run_small(config);
  EXPECT_FALSE(fs::exists(temp / "none/documents.jsonl"));
}

TEST(Documents, AResumedRunKeepsTheSame) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "whole");
  config.train.trunk_at = {8};
  run_small(config);
  fs::copy(temp / "whole", temp / "stopped", fs::copy_options::recursive);
  for (const auto& entry : fs::directory_iterator(temp / "whole/checkpoints"))
    if (entry.path().filename() != "step_00000008")
      fs::remove_all(temp / "stopped/checkpoints" / entry.path().filename());
  config.train.out = (temp / "stopped").string();
  run_small(config_of_run(temp / "stopped"), true);
  EXPECT_EQ(read_file(temp / "stopped/documents.jsonl"), read_file(temp / "whole/documents.jsonl"));
}

TEST(Documents, ALogThatIsShorterThanItsCheckpointSaysIsRefused) {
  const data::TempDir temp;
  EXPECT_THROW(DocumentLog(temp / "documents.jsonl", 100, 4, "set"), CheckpointError);
}

}  // namespace
}  // namespace coldstart::eval
