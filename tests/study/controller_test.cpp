#include "coldstart/study/controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "coldstart/core/error.h"
#include "coldstart/study/controller_lock.h"
#include "coldstart/study/load.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

// A study of two points of a program that is a line of shell; it starts in the trial's directory.
std::string spec_of(const std::string& script, const std::string& head = "",
                    const std::string& list = "") {
  return "goal = \"g\"\nmax_steps = 10\n" + head + "command = [\"sh\", \"-c\", '''" + script +
         "''', \"sh\", \"{lr}\"]\n" +
         "[[space]]\nname = \"lr\"\nrole = \"nuisance\"\nscale = \"log\"\nrange = [1e-4, 1]\n" +
         (list.empty() ? "[[trial]]\nlr = 0.1\n[[trial]]\nlr = 0.2\n" : list);
}

constexpr const char* kGood = R"(printf '{{"step":10,"val_loss":%s}}\n' $1 >> metrics.jsonl)";
constexpr const char* kOneTrial = "[[trial]]\nlr = 0.1\n";

RunSummary run(const StudyDirectory& study, int64_t jobs = 2, bool retry = false) {
  StudyObserver nobody;
  return run_study(study, {.jobs = jobs, .retry_failed = retry, .program = {}}, nobody);
}

// Runs one trial of a script; its state, reason and note.
std::string ending_of(const std::string& script, const std::string& head = "") {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s", spec_of(script, head, kOneTrial));
  run(study);
  const auto result = read_trial(study.trial(0), 0).result;
  return fmt::format("{} {}: {}", enum_name(result->state), enum_name(result->reason),
                     result->note);
}

TEST(Controller, RunsEveryTrialOnce) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s", spec_of(kGood));
  const RunSummary first = run(study);
  EXPECT_EQ(first.counts.finished, 2);
  EXPECT_EQ(first.exit_code(), 0);
  const plan::Study loaded = load_study(temp / "s");
  EXPECT_EQ(loaded.trials[0].evals.val, std::vector<double>{0.1});
  EXPECT_EQ(loaded.trials[1].evals.val, std::vector<double>{0.2});
  run(study);
  EXPECT_EQ(canonical_dump(load_study(temp / "s")), canonical_dump(loaded))
      << "nothing is run twice";
  EXPECT_EQ(read_trial(study.trial(0), 0).launch->attempt, 1);
  EXPECT_FALSE(std::filesystem::exists(temp / "s/controller.lock"));
}

// The same bytes, whatever the number of jobs; and the database is the same after a rebuild
// (DS-03).
TEST(Controller, EqualStudiesAreEqualRecords) {
  const data::TempDir temp;
  const std::string spec = spec_of(kGood, "seeds = 3\n", "");
  std::string with_seed = spec;
  with_seed.replace(with_seed.find("\"{lr}\""), 6, "\"{lr}\", \"{seed_init}\"");
  run(make_study(temp / "a/s", with_seed), 1);
  const StudyDirectory study = make_study(temp / "b/s", with_seed);
  run(study, 3);
  const std::string dump = canonical_dump(load_study(temp / "a/s"));
  EXPECT_EQ(dump, canonical_dump(load_study(temp / "b/s")));
  EXPECT_EQ(read_file(temp / "a/s/study.toml"), read_file(temp / "b/s/study.toml"));
  for (int64_t i = 0; i < study.trials(); ++i)
    for (const char* file : {"metrics.jsonl", "config.toml"})
      EXPECT_EQ(read_file(trial_directory(temp / "a/s", i) / file),
                read_file(study.trial(i) / file));
  Store::remove(study);
  EXPECT_EQ(rebuild(study), 6);
  EXPECT_EQ(dump, canonical_dump(load_study(temp / "b/s")));
}

TEST(Controller, AnExternalProgramThatMisbehavesGetsItsState) {
  EXPECT_THAT(ending_of("true"), HasSubstr("failed crash: ended well and recorded no 'val_loss'"));
  EXPECT_EQ(ending_of(R"(printf '{{"step":3,"val_loss":NaN}}\n' >> metrics.jsonl; sleep 20)"),
            "infeasible nan: the loss was not finite at step 3");
  EXPECT_EQ(
      ending_of(
          R"(printf '{{"step":3,"val_loss":1}}\n{{"step":2,"val_loss":1}}\n' >> metrics.jsonl; sleep 20)"),
      "failed crash: line 2 of metrics.jsonl goes back from step 3 to 2");
  EXPECT_EQ(ending_of("echo boom >&2; exit 9"), "infeasible crash: exit status 9: boom");
  EXPECT_THAT(ending_of("kill -SEGV $$"), HasSubstr("infeasible crash: signal 11"));
  EXPECT_EQ(ending_of("exit 5"), "infeasible diverged: the loss blew up");
  EXPECT_THAT(ending_of(R"(printf '{{"step":3,"val_loss":1}}\n{{"step":4,' >> metrics.jsonl)"),
              HasSubstr("finished"))
      << "a torn last line is no record";
}

TEST(Controller, LimitsEndATrial) {
  EXPECT_EQ(ending_of("sleep 20", "silence_limit_s = 0.3\n"),
            "infeasible timeout: hung: wrote nothing for 0.3 s");
  EXPECT_EQ(ending_of("while true; do echo x; sleep 0.1; done", "time_limit_s = 0.3\n"),
            "infeasible timeout: reached the time limit of 0.3 s");
  EXPECT_EQ(ending_of("while true; do head -c 100000 /dev/zero >> full; sleep 0.05; done",
                      "disk_limit_mb = 0.2\n"),
            "infeasible crash: used more than 0.2 MB of disk");
}

TEST(Controller, AProgramThatCannotBeStartedIsNoResult) {
  const data::TempDir temp;
  const std::string program = (temp / "train").string();  // its interpreter is not there
  write_file_atomic(program, "#!/no/such/interpreter\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  std::string spec = spec_of("", "", kOneTrial);
  spec.replace(spec.find("\"sh\""), 4, "\"" + program + "\"");
  const StudyDirectory study = make_study(temp / "s", spec);
  const RunSummary summary = run(study);
  EXPECT_EQ(summary.exit_code(), 3);
  EXPECT_THAT(read_trial(study.trial(0), 0).result->note, HasSubstr("could not be started: "));
  EXPECT_EQ(read_trial(study.trial(0), 0).state, State::failed);
  EXPECT_EQ(run(study).counts.failed, 1);
  EXPECT_EQ(read_trial(study.trial(0), 0).launch->attempt, 1) << "not again by itself";
  run(study, 1, true);
  EXPECT_EQ(read_trial(study.trial(0), 0).launch->attempt, 2);
}

TEST(Controller, AKilledProgramIsRunAgainFromItsBeginning) {
  const data::TempDir temp;
  const StudyDirectory study =
      make_study(temp / "s", spec_of(R"(printf '{{"step":1,"val_loss":9}}\n' >> metrics.jsonl
[ -e again ] || {{ touch again; kill -KILL $$; }}
printf '{{"step":10,"val_loss":2}}\n' >> metrics.jsonl)",
                                     "", kOneTrial));
  EXPECT_EQ(run(study).counts.finished, 1);
  EXPECT_EQ(read_trial(study.trial(0), 0).launch->attempt, 2);
  EXPECT_EQ(load_study(temp / "s").trials[0].evals.val, (std::vector<double>{9, 2}));
  EXPECT_TRUE(std::filesystem::exists(study.trial(0) / "attempt-1-metrics.jsonl"));
}

TEST(Controller, AKilledProgramGoesOnFromItsCheckpoint) {
  const data::TempDir temp;
  std::string spec =
      spec_of(R"(if [ -n "$2" ]; then printf '{{"event":"resume","from_step":5}}\n' >> metrics.jsonl
else printf '{{"step":5,"val_loss":5}}\n{{"step":6,"val_loss":6}}\n' >> metrics.jsonl; mkdir -p checkpoints/last; kill -KILL $$; fi
printf '{{"step":10,"val_loss":2}}\n' >> metrics.jsonl)",
              "", kOneTrial);
  spec.replace(spec.find("\"{lr}\""), 6, "\"{lr}\", \"{resume_from}\"");
  make_study(temp / "s", spec);
  run(StudyDirectory::open(temp / "s"));
  const plan::Trial trial = load_study(temp / "s").trials[0];
  EXPECT_EQ(trial.evals.step, (std::vector<int64_t>{5, 10})) << "step 6 is superseded";
}

TEST(Controller, ATrialThatIsAlwaysKilledDoesNotHoldUpTheStudy) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s", spec_of("kill -KILL $$", "", kOneTrial));
  EXPECT_EQ(run(study).counts.failed, 1);
  EXPECT_THAT(read_trial(study.trial(0), 0).result->note, HasSubstr("killed from outside 6 times"));
}

TEST(Controller, OneStudyHasOneController) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s", spec_of(kGood));
  {
    const ControllerLock lock(study.path());
    try {
      run(study);
      ADD_FAILURE();
    } catch (const StudyBusy& busy) {
      EXPECT_THAT(busy.what(), HasSubstr(fmt::format("process {} on {}", getpid(), host_name())));
    }
    EXPECT_THROW(rebuild(study), StudyBusy);
  }
  // Of a process that is gone: taken over.
  write_file_atomic(study.path() / "controller.lock", fmt::format("{} 999999\n", host_name()));
  EXPECT_EQ(run(study).counts.finished, 2);
  // Of another machine: while its heart beats.
  write_file_atomic(study.path() / "controller.lock", "elsewhere 1\n");
  EXPECT_THROW(run(study), StudyBusy);
  using namespace std::chrono_literals;
  std::filesystem::last_write_time(study.path() / "controller.lock",
                                   std::filesystem::file_time_type::clock::now() - 6min);
  EXPECT_EQ(run(study).counts.finished, 2);
}

TEST(Controller, ADamagedDatabaseIsMadeAnew) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s", spec_of(kGood));
  run(study);
  const std::string dump = canonical_dump(load_study(temp / "s"));
  write_file_atomic(study.database(), std::string(9000, 'z'));
  class Notes : public StudyObserver {
   public:
    void on_note(const std::string& text) override { notes += text; }
    std::string notes;
  } observer;
  run_study(study, {.jobs = 1, .retry_failed = false, .program = {}}, observer);
  EXPECT_THAT(observer.notes, HasSubstr("made anew from the trial directories"));
  EXPECT_EQ(canonical_dump(load_study(temp / "s")), dump);
}

TEST(Controller, SigintSavesAndTheNextRunGoesOn) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(
      temp / "s", spec_of(std::string(R"([ -e again ] || {{ touch again; exec sleep 60; }}
)") + kGood));
  class Interrupt : public StudyObserver {
   public:
    void on_tick(const std::vector<TrialRow>&, double) override {
      if (!done) raise(SIGINT);
      done = true;
    }
    bool done = false;
  } observer;
  const RunSummary summary =
      run_study(study, {.jobs = 2, .retry_failed = false, .program = {}}, observer);
  EXPECT_EQ(summary.exit_code(), 130);
  EXPECT_EQ(summary.counts.stopped, 2);
  EXPECT_EQ(run(study).counts.finished, 2);
}

// A controller that is killed leaves its workers at work; the next one waits for them.
TEST(Controller, ARunningTrialOfAKilledControllerIsAdopted) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(
      temp / "s", spec_of(std::string("echo x >> starts; sleep 0.5; ") + kGood, "", kOneTrial));
  const pid_t controller = fork();
  if (controller == 0) {
    run(study, 1);
    _exit(0);
  }
  while (!std::filesystem::exists(study.trial(0) / "starts")) usleep(1000);
  kill(controller, SIGKILL);
  waitpid(controller, nullptr, 0);
  EXPECT_EQ(run(study).counts.finished, 1);
  EXPECT_EQ(read_file(study.trial(0) / "starts"), "x\n") << "it was not started twice";
}

}  // namespace
}  // namespace coldstart::study
