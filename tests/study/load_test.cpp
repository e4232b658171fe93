#include "coldstart/study/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/study/store.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

// Trial 0 finished, 1 infeasible, 2 lost in the middle of a line, 3 planned.
StudyDirectory half_done(const std::filesystem::path& path) {
  StudyDirectory study = make_study(path);
  const auto first = launch_by_hand(study, 0);
  append(first / kMetricsFile,
         "{\"step\":50,\"train_loss\":3.5,\"val_loss\":3.0,\"val_se\":0.25}\n{\"step\":100,\"train_"
         "loss\":2.5,\"val_loss\":2.0}\n");
  finish_by_hand(first);
  const auto second = launch_by_hand(study, 1);
  append(second / kMetricsFile, "{\"step\":50,\"val_loss\":NaN}\n");
  finish_by_hand(second, 1, State::infeasible, plan::Reason::nan);
  append(launch_by_hand(study, 2) / kMetricsFile, "{\"step\":50,\"val_loss\":3.5}\n{\"step\":1");
  return study;
}

TEST(LoadStudy, GivesThePlannerWhatTheDirectoriesHold) {
  const data::TempDir temp;
  half_done(temp / "rates");
  const plan::Study study = load_study(temp / "rates");
  EXPECT_EQ(study.name, "rates");
  EXPECT_EQ(study.goal, "which rate");
  EXPECT_EQ(study.max_steps, 100);
  ASSERT_EQ(study.trials.size(), 4u);
  const plan::Trial& done = study.trials[0];
  EXPECT_EQ(done.name, "rates/0");
  EXPECT_EQ(done.values.at("lr"), "0.001");
  EXPECT_EQ(done.seed, 1);
  EXPECT_EQ(study.trials[1].seed, 2);
  EXPECT_EQ(study.trials[2].values.at("lr"), "0.002");
  EXPECT_EQ(done.state, plan::TrialState::finished);
  EXPECT_EQ(done.evals.step, (std::vector<int64_t>{50, 100}));
  EXPECT_EQ(done.evals.val, (std::vector<double>{3, 2}));
  EXPECT_EQ(done.evals.val_se[0], 0.25);
  EXPECT_TRUE(std::isnan(done.evals.val_se[1]));
  EXPECT_TRUE(done.evals.train.empty()) << "was not recorded";
  EXPECT_EQ(done.steps.loss, (std::vector<double>{3.5, 2.5}));
  EXPECT_TRUE(done.steps.lr.empty());
  EXPECT_EQ(study.trials[1].reason, plan::Reason::nan);
  EXPECT_FALSE(study.trials[1].feasible());
  EXPECT_EQ(study.trials[2].state, plan::TrialState::stopped) << "lost: it goes on";
  EXPECT_EQ(study.trials[2].evals.size(), 1u);
  EXPECT_EQ(study.trials[3].state, plan::TrialState::planned);
  EXPECT_FALSE(std::filesystem::exists(temp / "rates/study.db")) << "reading writes nothing";
}

TEST(LoadStudy, AMaximisedMetricIsNegated) {
  const data::TempDir temp;
  std::string spec = kSmallSpec;
  spec.replace(spec.find("max_steps"), 0, "metric = \"accuracy\"\ndirection = \"maximize\"\n");
  const StudyDirectory study = make_study(temp / "s", spec);
  append(launch_by_hand(study, 0) / kMetricsFile,
         "{\"step\":1,\"accuracy\":0.25}\n{\"step\":2,\"accuracy\":0.75}\n");
  EXPECT_EQ(load_study(temp / "s").trials[0].evals.val, (std::vector<double>{-0.25, -0.75}));
  Store store = Store::snapshot(study);
  EXPECT_EQ(store.row(0).best, 0.75);
  EXPECT_EQ(store.row(0).best_step, 2);
}

// DS-03, DS-04: with a database, without one, with one that is old, damaged, of nobody or locked.
TEST(LoadStudy, TheDatabaseNeverMatters) {
  const data::TempDir temp;
  const StudyDirectory study = half_done(temp / "s");
  const std::string dump = canonical_dump(load_study(temp / "s"));
  EXPECT_THAT(dump, HasSubstr("\"eval.val\":[3,2]"));
  { Store::open(study).refresh_all(); }
  EXPECT_TRUE(std::filesystem::exists(study.database()));
  EXPECT_EQ(canonical_dump(load_study(temp / "s")), dump);

  append(study.trial(2) / kMetricsFile, "00,\"val_loss\":2.5}\n");  // the database is behind
  const std::string later = canonical_dump(load_study(temp / "s"));
  EXPECT_NE(later, dump);
  Store::remove(study);
  EXPECT_EQ(canonical_dump(load_study(temp / "s")), later);

  { Store::open(study).refresh_all(); }
  Database other = Database::open(study.database());
  other.run("BEGIN EXCLUSIVE");
  EXPECT_EQ(canonical_dump(load_study(temp / "s")), later) << "held by another program";
  other.run("ROLLBACK");

  write_file_atomic(study.database(), std::string(5000, 'x'));
  EXPECT_EQ(canonical_dump(load_study(temp / "s")), later) << "damaged";
  EXPECT_THROW(Store::open(study), DatabaseDamaged);
}

// The writer waits five seconds for another program, then says who is in the way.
TEST(SlowStudyDatabase, OneThatIsHeldByAnotherProgramIsNamed) {
  const data::TempDir temp;
  const StudyDirectory study = half_done(temp / "s");
  { Store::open(study).refresh_all(); }
  Database other = Database::open(study.database());
  other.run("BEGIN EXCLUSIVE");
  try {
    Store::open(study).refresh_all();
    ADD_FAILURE();
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.message(), HasSubstr("another program holds it"));
  }
}

TEST(LoadStudy, ARecordOfAnEarlierAttemptIsSuperseded) {
  const data::TempDir temp;
  const StudyDirectory study = half_done(temp / "s");
  { Store::open(study).refresh_all(); }
  launch_by_hand(study, 0, 2);  // its result is that of attempt 1
  write_file_atomic(study.trial(0) / kMetricsFile,
                    "{\"step\":50,\"val_loss\":9.0}\n{\"step\":100,\"val_loss\":8.0}\n{\"step\":"
                    "100,\"val_loss\":7.0}\n");
  const plan::Trial trial = load_study(temp / "s").trials[0];
  EXPECT_EQ(trial.state, plan::TrialState::stopped);
  EXPECT_EQ(trial.evals.val, (std::vector<double>{9, 7}))
      << "nothing of the first attempt, the last of a step";
}

TEST(LoadStudy, SaysWhatIsNoStudy) {
  const data::TempDir temp;
  EXPECT_THROW(load_study(temp / "nothing"), ConfigError);
  const StudyDirectory study = half_done(temp / "s");
  std::string text = read_file(study_file(temp / "s"));
  text.replace(text.find("format = 1"), 10, "format = 9");
  write_file_atomic(study_file(temp / "s"), text);
  try {
    load_study(temp / "s");
    ADD_FAILURE();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("newer version"));
  }
}

TEST(LoadStudy, TwoTrialsCannotShareADirectory) {
  const data::TempDir temp;
  const StudyDirectory study = half_done(temp / "s");
  std::filesystem::create_directory(temp / "s/trials/0");
  EXPECT_THROW(load_study(temp / "s"), DataError) << "0 and 0000";
  std::filesystem::remove(temp / "s/trials/0");
  std::filesystem::copy(study.trial(0), study.trial(3));
  EXPECT_THROW(load_study(temp / "s"), DataError) << "trial 0 under the name of 3";
}

TEST(LoadStudy, ADamagedRecordIsNamed) {
  const data::TempDir temp;
  const StudyDirectory study = half_done(temp / "s");
  write_file_atomic(study.trial(0) / "result.json", "{\"attempt\":");
  try {
    load_study(temp / "s");
    ADD_FAILURE();
  } catch (const DataError& error) {
    EXPECT_THAT(error.message(),
                testing::AllOf(HasSubstr("0000/result.json' is damaged"), HasSubstr("hint:")));
  }
}

TEST(LoadStudy, ADirectoryBeyondTheStudyIsRefused) {
  const data::TempDir temp;
  half_done(temp / "s");
  std::filesystem::create_directory(temp / "s/trials/0004");
  EXPECT_THROW(load_study(temp / "s"), DataError);
}

}  // namespace
}  // namespace coldstart::study
