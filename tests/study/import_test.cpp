#include "coldstart/study/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/study/load.h"
#include "coldstart/study/run_records.h"
#include "tests/data/temp_dir.h"
#include "tests/io/event_writer.h"

namespace coldstart::study {
namespace {

namespace fs = std::filesystem;
using data::TempDir;
using testing::HasSubstr;

std::string import_of(LogFormat format, const TempDir& dir, const std::string& file,
                      const NameMap& map = {}, ImportSummary* summary = nullptr) {
  const fs::path out = dir / (file + "-study");
  const ImportSummary got = import_logs(format, {(dir / file).string()}, out, {.map = map});
  if (summary) *summary = got;
  return read_file(out / "trials/0000/metrics.jsonl");
}

// The same curves from three formats are the same study.
TEST(Import, EveryFormatGivesTheSameRecords) {
  const TempDir dir;
  write_file_atomic(dir / "log.jsonl",
                    "{\"step\":10,\"train_loss\":4.5,\"val_loss\":4.25}\n"
                    "{\"step\":20,\"train_loss\":3.5,\"val_loss\":3.75}\n");
  write_file_atomic(dir / "log.csv", "step,train_loss,val_loss\n10,4.5,4.25\n20,3.5,3.75\n");
  write_file_atomic(dir / "events.out.tfevents.1",
                    io::scalar(10, "train_loss", 4.5F) + io::scalar(20, "train_loss", 3.5F) +
                        io::scalar(10, "eval/loss", 4.25F) + io::scalar(20, "eval/loss", 3.75F));
  const std::string jsonl = import_of(LogFormat::jsonl, dir, "log.jsonl");
  EXPECT_EQ(jsonl,
            "{\"step\":10,\"train_loss\":4.5}\n{\"step\":10,\"val_loss\":4.25}\n"
            "{\"step\":20,\"train_loss\":3.5}\n{\"step\":20,\"val_loss\":3.75}\n");
  EXPECT_EQ(import_of(LogFormat::csv, dir, "log.csv"), jsonl);
  EXPECT_EQ(
      import_of(LogFormat::tensorboard, dir, "events.out.tfevents.1", {{"val_loss", "eval/loss"}}),
      jsonl);
}

TEST(Import, TensorBoardDirectoriesAreOneRun) {
  const TempDir dir;
  fs::create_directories(dir / "run/train");
  fs::create_directories(dir / "run/eval");
  // A resumed run goes back to step 20; both directories have a tag of the same name.
  write_file_atomic(dir / "run/train/events.out.tfevents.2",
                    io::scalar(20, "loss", 3.25F, 200) + io::scalar(30, "loss", 3, 201));
  write_file_atomic(dir / "run/train/events.out.tfevents.1",
                    io::scalar(10, "loss", 4, 100) + io::scalar(20, "loss", 3.5F, 101) + "cut");
  write_file_atomic(dir / "run/eval/events.out.tfevents.1", io::scalar(30, "loss", 2.5F, 300));
  ImportSummary summary;
  EXPECT_EQ(import_of(LogFormat::tensorboard, dir, "run",
                      {{"train_loss", "train/loss"}, {"val_loss", "eval/loss"}}, &summary),
            "{\"step\":10,\"train_loss\":4}\n{\"step\":20,\"train_loss\":3.25}\n"
            "{\"step\":30,\"train_loss\":3}\n{\"step\":30,\"val_loss\":2.5}\n");
  const auto& warnings = summary.trials[0].warnings;
  EXPECT_THAT(warnings, testing::Contains(HasSubstr("the last record is cut off")));
  EXPECT_THAT(warnings, testing::Contains(HasSubstr("steps go back 1 times")));
}

TEST(Import, CsvTakesNumbersAsProgramsWriteThem) {
  const TempDir dir;
  write_file_atomic(dir / "log.csv",
                    "step, val_loss ,host\n1, nan,a b\n2,+1.50,c\n3,.5,d\n4,-inf,e\n5,,f\n");
  EXPECT_EQ(import_of(LogFormat::csv, dir, "log.csv"),
            "{\"step\":1,\"val_loss\":\"NaN\"}\n{\"step\":2,\"val_loss\":1.5}\n"
            "{\"step\":3,\"val_loss\":0.5}\n{\"step\":4,\"val_loss\":\"-Infinity\"}\n");
  write_file_atomic(dir / "units.csv", "step,val_loss\n1,4.5\n2,12 ms\n");
  try {
    import_of(LogFormat::csv, dir, "units.csv");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("units.csv:3] column 'val_loss' holds '12 ms'"));
  }
  EXPECT_FALSE(fs::exists(dir / "units.csv-study")) << "nothing half-written";
  EXPECT_FALSE(fs::exists(dir / "units.csv-study.importing"));
  write_file_atomic(dir / "twice.csv", "step,lr,lr\n1,1,1\n");
  EXPECT_THROW(import_of(LogFormat::csv, dir, "twice.csv"), DataError);
}

TEST(Import, KeepsLengthScheduleAndValues) {
  const TempDir dir;
  write_file_atomic(dir / "a.csv", "step,val_loss\n50,4\n100,3\n");
  write_file_atomic(dir / "b.csv", "step,val_loss\n50,4\n100,nan\n");
  import_logs(LogFormat::csv, {(dir / "a.csv").string(), (dir / "b.csv").string()}, dir / "study",
              {.map = {},
               .max_steps = 200,
               .schedule = "lr=0.5,shape=linear,warmup=10%",
               .values = {"optimizer.lr=0.5,seed=1", "optimizer.lr=0.5,seed=2"},
               .goal = "mine \"quoted\""});
  const LoadedTrial a = load_records(dir / "study/trials/0000");
  EXPECT_EQ(a.trial.planned_steps, 200);
  EXPECT_EQ(a.trial.values.at("optimizer.lr"), "0.5");
  EXPECT_EQ(a.trial.state, plan::TrialState::finished);
  ASSERT_TRUE(a.trial.schedule.has_value());
  EXPECT_EQ(a.trial.schedule->warmup, 20);
  EXPECT_EQ(a.trial.schedule->total(), 200);
  ASSERT_EQ(a.trial.steps.lr.size(), 2u);
  EXPECT_DOUBLE_EQ(a.trial.steps.lr[1], a.trial.schedule->lr(99));
  const StudyHead head = load_head(dir / "study");
  EXPECT_EQ(head.goal, "mine \"quoted\"");
  EXPECT_EQ(head.max_steps, 200);
  ASSERT_EQ(head.space.size(), 3u);
  EXPECT_EQ(head.space[0].name, "run");
  EXPECT_EQ(head.space[0].role, plan::Role::scientific);
  EXPECT_EQ(head.space[1].role, plan::Role::fixed) << "both runs have the same rate";
  EXPECT_EQ(head.space[2].hi, 2) << "the seeds";
  const LoadedTrial b = load_records(dir / "study/trials/0001");
  EXPECT_EQ(b.trial.values.at("seed"), "2");
  EXPECT_EQ(b.trial.values.at("run"), "b.csv");
  EXPECT_EQ(b.trial.state, plan::TrialState::infeasible);
  EXPECT_EQ(b.trial.reason, plan::Reason::nan);
}

TEST(Import, AMetricToBeMaximisedIsReadWithItsNegative) {
  const TempDir dir;
  write_file_atomic(dir / "a.csv", "step,accuracy\n50,0.4\n100,0.6\n");
  import_logs(LogFormat::csv, {(dir / "a.csv").string()}, dir / "study",
              {.map = {{"val_loss", "accuracy"}}, .maximised = true});
  EXPECT_TRUE(load_head(dir / "study").maximised);
  const plan::Study study = load_study(dir / "study");
  EXPECT_TRUE(study.maximised);
  EXPECT_THAT(study.trials.at(0).evals.val, testing::ElementsAre(-0.4, -0.6));
}

TEST(Import, RefusesOptionsThatCannotBe) {
  const TempDir dir;
  write_file_atomic(dir / "a.csv", "step,val_loss\n50,4\n100,3\n");
  const std::vector<std::string> a = {(dir / "a.csv").string()};
  const auto refused = [&](const ImportOptions& options, const std::string& out = "out") {
    EXPECT_THROW(import_logs(LogFormat::csv, a, dir / out, options), ConfigError);
    EXPECT_FALSE(fs::exists(dir / "out"));
  };
  refused({.map = {}, .max_steps = 99});
  refused({.map = {}, .schedule = "shape=linear"});
  refused({.map = {}, .schedule = "lr=1,shap=linear"});
  refused({.map = {}, .schedule = "lr=0"});
  refused({.map = {}, .schedule = "lr"});
  refused({.map = {}, .schedule = "", .values = {"a=1", "b=2"}});
  refused({.map = {}, .schedule = "", .values = {"a=1,a=2"}});
  refused({.map = {}, .schedule = "", .values = {"run=1"}});
  fs::create_directories(dir / "full/x");
  refused({}, "full");
  EXPECT_THROW(import_logs(LogFormat::csv, {"/nowhere.csv"}, dir / "out", {}), DataError);
  EXPECT_THROW(import_logs(LogFormat::jsonl, {dir.path().string()}, dir / "out", {}), DataError);
  EXPECT_THROW(import_logs(LogFormat::tensorboard, {dir.path().string()}, dir / "out", {}),
               DataError);
}

}  // namespace
}  // namespace coldstart::study
