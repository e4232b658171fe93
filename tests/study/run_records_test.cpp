#include "coldstart/study/run_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"

namespace coldstart::study {
namespace {

using data::TempDir;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(RunRecords, ReadsARunOfTheTrainer) {
  const TempDir dir;
  write_file_atomic(dir / "metrics.jsonl",
                    R"({"type":"eval","step":0,"val_loss":5.5,"train_loss":5.4}
{"type":"train","step":1,"loss":5.25,"lr":0.001,"grad_norm":2,"clipped":1}
{"type":"metrics","step":1,"angular_update/h.0.attn.q.weight":0.25,"rows/x":[1,2],"snr/model":"NaN"}
{"type":"warning","step":1,"text":"lower it"}
{"type":"train","step":2,"loss":5,"lr":0.001,"grad_norm":"NaN","clipped":0}
{"type":"eval","step":2,"val_loss":4.5,"train_loss":4.4}
{"type":"train","step":3,"los)");
  write_file_atomic(
      dir / "status.json",
      R"({"state":"diverged","total_steps":10,"reason":"step 2: NaN","diagnosis":"it turned"})");
  write_file_atomic(dir / "config.toml",
                    "[train]\nsteps = 10\nseed = 3\nbatch_tokens = 512\nout = \"x\"\n[optimizer]\n"
                    "name = \"adamw\"\nlr = 0.001\nbeta = \"auto\"\n[model]\ncontext = 64\n");
  const LoadedTrial run = load_records(dir.path());
  const plan::Trial& trial = run.trial;
  EXPECT_THAT(trial.evals.step, ElementsAre(0, 2));
  EXPECT_THAT(trial.evals.val, ElementsAre(5.5, 4.5));
  EXPECT_THAT(trial.evals.train, ElementsAre(5.4, 4.4));
  EXPECT_THAT(trial.evals.val_se, IsEmpty()) << "a column that was not recorded is empty";
  EXPECT_THAT(trial.steps.loss, ElementsAre(5.25, 5));
  EXPECT_THAT(trial.steps.clipped, ElementsAre(1, 0));
  ASSERT_EQ(run.traces.size(), 2u);
  EXPECT_EQ(run.traces[0].measure, "angular_update");
  EXPECT_EQ(run.traces[0].place, "h.0.attn.q.weight");
  EXPECT_EQ(trial.state, plan::TrialState::infeasible);
  EXPECT_EQ(trial.reason, plan::Reason::diverged);
  EXPECT_EQ(trial.note, "step 2: NaN");
  EXPECT_EQ(run.diagnosis, "it turned");
  EXPECT_EQ(trial.planned_steps, 10);
  EXPECT_EQ(trial.seed, 3);
  EXPECT_EQ(run.batch_sequences, 8);
  EXPECT_FALSE(trial.values.contains("train.out"));
  EXPECT_FALSE(trial.values.contains("optimizer.beta"));
  ASSERT_TRUE(trial.schedule.has_value());
  EXPECT_EQ(trial.schedule->total(), 10);
}

TEST(RunRecords, ReadsTheTrainerContractWithAResume) {
  const TempDir dir;
  write_file_atomic(dir / "metrics.jsonl",
                    "{\"step\":1,\"train_loss\":4,\"lr\":NaN}\n{\"step\":1,\"val_loss\":4.5,"
                    "\"train_probe\":4.1}\n"
                    "{\"step\":2,\"train_loss\":3}\n{\"event\":\"resume\",\"from_step\":1}\n"
                    "{\"step\":2,\"train_loss\":3.5}\n");
  const LoadedTrial run = load_records(dir.path());
  EXPECT_THAT(run.trial.steps.loss, ElementsAre(4, 3.5));
  EXPECT_THAT(run.trial.steps.lr, IsEmpty());
  EXPECT_THAT(run.trial.steps.clipped, IsEmpty());
  EXPECT_THAT(run.trial.evals.train, ElementsAre(4.1));
  EXPECT_EQ(run.trial.state, plan::TrialState::running);
}

TEST(RunRecords, TakesAnotherMetricAndTheLastOfAStep) {
  const TempDir dir;
  write_file_atomic(dir / "metrics.jsonl",
                    "{\"step\":1,\"accuracy\":0.5}\n{\"step\":1,\"accuracy\":0.75}\n");
  EXPECT_THAT(load_records(dir.path(), "accuracy").trial.evals.val, ElementsAre(0.75));
  EXPECT_THAT(load_records(dir.path()).trial.evals.val, IsEmpty());
}

TEST(RunRecords, SaysWhatIsDamaged) {
  const TempDir dir;
  write_file_atomic(dir / "metrics.jsonl",
                    "{\"step\":2,\"val_loss\":4}\n{\"step\":1,\"val_loss\":4}\n");
  EXPECT_THROW(load_records(dir.path()), DataError);
  write_file_atomic(dir / "metrics.jsonl", "{\"step\":2\n{}\n");
  EXPECT_THROW(load_records(dir.path()), DataError);
  write_file_atomic(dir / "metrics.jsonl", "");
  write_file_atomic(dir / "status.json", "{");
  EXPECT_THROW(load_records(dir.path()), DataError);
}

TEST(RunRecords, TheVersionFollowsTheRecords) {
  const TempDir dir;
  make_directories(dir / "trials/0000");
  write_file_atomic(dir / "trials/0000/metrics.jsonl", "{}\n");
  const std::string before = version_of({dir.path()});
  EXPECT_EQ(version_of({dir.path()}), before);
  write_file_atomic(dir / "trials/0000/metrics.jsonl", "{}\n{}\n");
  EXPECT_NE(version_of({dir.path()}), before);
}

}  // namespace
}  // namespace coldstart::study
