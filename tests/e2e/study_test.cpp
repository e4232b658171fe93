// Studies as a user runs them: the built-in trainer, a program in Python, and a controller or
// workers that are killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <thread>

#include "coldstart/core/files.h"
#include "coldstart/core/random.h"
#include "coldstart/study/load.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

// Two rates and two seeds of a model that trains in a moment.
std::string tiny_spec() {
  return R"(goal = "which rate"
config = "run.toml"
seeds = 2
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-3, 1e-1]
[[trial]]
lr = 2e-3
[[trial]]
lr = 2e-2
)";
}
// `every`: steps between evaluations and between checkpoints.
std::string tiny_run(int steps, int every = 10) {
  return fmt::format(R"([model]
layers = 1
width = 16
heads = 2
context = 16
[data]
path = "{0}"
[train]
steps = {1}
batch_tokens = 64
eval_every = {2}
eval_tokens = 64
checkpoint_every = {2}
keep_best = 1
)",
                     (source_dir() / "LICENSE").string(), steps, every);
}

void make_tiny_study(const data::TempDir& temp, const std::string& name, int steps = 20,
                     int every = 10) {
  write(temp / "run.toml", tiny_run(steps, every));
  write(temp / "spec.toml", tiny_spec());
  const auto made = run_program({"study", "new", "spec.toml", "-o", name}, temp.path());
  ASSERT_EQ(made.status, 0) << made.err;
}

std::string dump(const data::TempDir& temp, const std::string& study) {
  const auto result = run_program({"study", "dump", study}, temp.path());
  EXPECT_EQ(result.status, 0) << result.err;
  return result.out;
}

TEST(StudyProgram, RunsTheBuiltInTrainerToTheSameBytesForAnyJobs) {
  const data::TempDir temp;
  make_tiny_study(temp, "a");
  make_tiny_study(temp, "b");
  const auto a = run_program({"study", "run", "a"}, temp.path());
  ASSERT_EQ(a.status, 0) << a.err << a.out;
  EXPECT_THAT(a.out, AllOf(HasSubstr("a: 4 trials of 20 steps"), HasSubstr("4 of 4 trials over"),
                           HasSubstr("best ")));
  const auto b = run_program({"study", "run", "b", "--jobs", "2", "--json"}, temp.path());
  ASSERT_EQ(b.status, 0) << b.err;
  EXPECT_THAT(b.out, HasSubstr(R"("type":"study","trials":4,"finished":4)"));
  EXPECT_EQ(dump(temp, "a"), dump(temp, "b"));
  EXPECT_THAT(read_file(temp / "b/trials/0000/env.json"),
              HasSubstr(fmt::format("\"threads\": {}",
                                    std::max(1U, std::thread::hardware_concurrency() / 2))))
      << "divided among the jobs";
  for (int i = 0; i < 4; ++i)
    for (const char* file : {"metrics.jsonl", "config.toml", "request.toml"}) {
      const std::string name = fmt::format("trials/{:04}/{}", i, file);
      EXPECT_EQ(read_file(temp / ("a/" + name)), read_file(temp / ("b/" + name))) << name;
    }
  const plan::Study study = study::load_study(temp / "a");
  EXPECT_EQ(study.trials[3].evals.step, (std::vector<int64_t>{0, 10, 20}));
  EXPECT_EQ(study.trials[3].steps.size(), 20u);
  EXPECT_EQ(study.trials[3].schedule->base, 0.02);
  EXPECT_EQ(study.trials[3].conditions.batch_tokens, 64);
  EXPECT_GT(study.trials[3].unique_tokens, 1000);
  EXPECT_EQ(study.trials[3].vocab, 256);
}

TEST(StudyProgram, ShowsItsStatusAndRebuildsItsDatabase) {
  const data::TempDir temp;
  make_tiny_study(temp, "s");
  EXPECT_THAT(run_program({"study", "status", "s"}, temp.path()).out,
              AllOf(HasSubstr("which rate"), HasSubstr("4 planned")));
  ASSERT_EQ(run_program({"study", "run", "s", "--quiet"}, temp.path()).out, "");
  const std::string before = dump(temp, "s");
  fs::remove(temp / "s/study.db");
  const auto again = run_program({"study", "rebuild", "s", "--json"}, temp.path());
  EXPECT_EQ(again.out, "{\"type\":\"rebuild\",\"trials\":4}\n") << again.err;
  EXPECT_EQ(dump(temp, "s"), before);
  EXPECT_THAT(run_program({"study", "status", "s", "--json"}, temp.path()).out,
              HasSubstr("\"finished\":4"));
}

// docs/trainer_contract.md names this program; here it runs, diverges at too high a rate, and goes
// on from its checkpoint after a kill.
TEST(StudyProgram, RunsThePythonExampleOfTheContract) {
  const data::TempDir temp;
  write(temp / "spec.toml", fmt::format(R"(goal = "which rate"
command = "python3 '{}' --lr {{lr}} --steps {{max_steps}} --seed {{seed_init}} --out {{trial_dir}} --resume {{resume_from}}"
max_steps = 200
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-3, 10.0]
[[trial]]
lr = 0.05
[[trial]]
lr = 5.0
)",
                                        (source_dir() / "examples/external_trainer.py").string()));
  ASSERT_EQ(run_program({"study", "new", "spec.toml", "-o", "s"}, temp.path()).status, 0);
  const auto run = run_program({"study", "run", "s", "--jobs", "2"}, temp.path());
  EXPECT_EQ(run.status, 0) << run.err << run.out;
  const plan::Study study = study::load_study(temp / "s");
  EXPECT_EQ(study.trials[0].state, plan::TrialState::finished) << study.trials[0].note;
  EXPECT_EQ(study.trials[0].evals.step.back(), 200);
  EXPECT_EQ(study.trials[1].state, plan::TrialState::infeasible);
  EXPECT_EQ(study.trials[1].reason, plan::Reason::diverged);
}

TEST(StudyProgram, SaysWhatIsWrong) {
  const data::TempDir temp;
  EXPECT_THAT(run_program({"study", "run", "nowhere"}, temp.path()).err,
              HasSubstr("holds no study"));
  EXPECT_EQ(run_program({"study", "run", "nowhere"}, temp.path()).status, 2);
  write(temp / "run.toml", tiny_run(20));
  write(temp / "spec.toml",
        tiny_spec() + "[[space]]\nname = \"epochs\"\nrole = \"nuisance\"\nchoices = [1, 2]\n");
  EXPECT_THAT(run_program({"study", "new", "spec.toml"}, temp.path()).err, HasSubstr("TD-09"));
  EXPECT_FALSE(fs::exists(temp / "spec"));
  // A configuration that cannot work is found before the first launch, with its trial.
  std::string spec = tiny_spec();
  spec.replace(spec.find("\"lr\""), 4, "\"model.heads\"");
  spec.replace(spec.find("scale = \"log\"\nrange = [1e-3, 1e-1]"), 34, "choices = [2, 3]");
  for (const char* old : {"lr = 2e-3", "lr = 2e-2"})
    spec.replace(spec.find(old), 9, old[8] == '3' ? "\"model.heads\" = 2" : "\"model.heads\" = 3");
  write(temp / "spec.toml", spec);
  const auto made = run_program({"study", "new", "spec.toml"}, temp.path());
  ASSERT_EQ(made.status, 0) << made.err;
  const auto run = run_program({"study", "run", "spec"}, temp.path());
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("[trial 2]"));
  EXPECT_FALSE(fs::exists(temp / "spec/trials/0000/launch.json"));
}

std::vector<std::string> run_arguments(const fs::path& study) {
  return {"study", "run", study.string(), "--jobs", "2", "--quiet"};
}

// The worker and the command of a trial that runs.
std::vector<pid_t> processes_of(const fs::path& study) {
  std::vector<pid_t> pids;
  for (const auto& trial : fs::directory_iterator(study / "trials")) {
    pid_t worker = 0, command = 0;
    if (fs::exists(trial.path() / "result.json")) continue;
    std::ifstream(trial.path() / "trial.lock") >> worker >> command;
    for (const pid_t pid : {worker, command})
      if (pid > 1) pids.push_back(pid);
  }
  return pids;
}

// Only processes of this study may be killed: pids are used again by others.
bool is_ours(pid_t pid, const fs::path& study) {
  std::ifstream in(fmt::format("/proc/{}/cmdline", pid), std::ios::binary);
  const std::string line{std::istreambuf_iterator<char>(in), {}};
  return line.find(study.string()) != std::string::npos;
}

TEST(StudyProgram, CtrlCSavesAndTheSameCommandGoesOn) {
  const data::TempDir temp;
  make_tiny_study(temp, "whole", 400, 100);
  ASSERT_EQ(run_program({"study", "run", "whole", "--quiet"}, temp.path()).status, 0);
  make_tiny_study(temp, "s", 400, 100);
  const auto again = [&] {
    fs::remove_all(temp / "s");
    make_tiny_study(temp, "s", 400, 100);
  };
  const auto ready = [&] { return fs::exists(temp / "s/trials/0001/metrics.jsonl"); };
  EXPECT_EQ(signal_program(run_arguments(temp / "s"), SIGINT, ready, again), 130);
  EXPECT_THAT(run_program({"study", "status", "s"}, temp.path()).out,
              Not(HasSubstr("4 of 4 over")));
  ASSERT_EQ(run_program({"study", "run", "s", "--quiet"}, temp.path()).status, 0);
  EXPECT_EQ(dump(temp, "s"), dump(temp, "whole"));
}

// Nothing lost, nothing doubled, and the record of an uninterrupted study (bench/study_kills.py
// does it 200 times).
TEST(SlowStudyProgram, SurvivesSigkillOfControllerAndWorkersAtRandomMoments) {
  const data::TempDir temp;
  make_tiny_study(temp, "whole", 400, 50);
  ASSERT_EQ(run_program({"study", "run", "whole", "--quiet"}, temp.path()).status, 0);
  make_tiny_study(temp, "s", 400, 50);
  const fs::path study = temp / "s";
  const Rng rng(7, Stream::test);
  for (uint64_t i = 0; i < 12; ++i) {
    const pid_t controller = start_program(run_arguments(study));
    usleep(static_cast<useconds_t>(50'000 + rng.below(2 * i, 400'000)));
    const auto pids = processes_of(study);
    const uint64_t victim = rng.below(2 * i + 1, pids.size() + 1);
    if (victim < pids.size() && is_ours(pids[victim], study)) kill(pids[victim], SIGKILL);
    usleep(20'000);
    kill(controller, SIGKILL);
    end_of(controller);
  }
  const auto last = run_program({"study", "run", "s", "--jobs", "2"}, temp.path());
  ASSERT_EQ(last.status, 0) << last.err << last.out;
  EXPECT_EQ(dump(temp, "s"), dump(temp, "whole"));
}

// The whole way of `coldstart warmup`: the grid is made, run, judged, and judged again from its
// directory to the same words.
TEST(SlowStudyProgram, WarmupRunsItsGridAndSaysWhatItFound) {
  const data::TempDir temp;
  write(temp / "run.toml", tiny_run(40));
  const auto first =
      run_program({"warmup", "run.toml", "--optimizers", "adamw,lion_ar", "--warmups", "0,10%",
                   "--lr", "1e-3:1e-1", "--levels", "3", "--seeds", "2", "--jobs", "2", "--quiet",
                   "--write", "none.toml", "-o", "w"},
                  temp.path());
  EXPECT_TRUE(first.status == 0 || first.status == 4) << first.err << first.out;
  EXPECT_THAT(first.out, AllOf(HasSubstr("adamw"), HasSubstr("lion_ar"), HasSubstr("10%"),
                               HasSubstr("what to do: ")));
  const auto again = run_program({"warmup", "w", "--write", "none.toml"}, temp.path());
  EXPECT_EQ(again.out, first.out);
  EXPECT_EQ(again.status, first.status);
  const auto json = run_program({"warmup", "w", "--json"}, temp.path());
  EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n') >= 4 + 2 + 1, true);
  EXPECT_THAT(json.out,
              AllOf(HasSubstr("\"type\":\"verdict\""), HasSubstr("\"optimizer\":\"lion_ar\"")));
  EXPECT_EQ(run_program({"train", "none.toml", "--dry-run"}, temp.path()).status, 0);
}

// Rates far too low for anything to be best inside: the range grows upwards, twice and no more, and
// the trials that had run stay as they are.
TEST(SlowStudyProgram, WarmupExtendsARangeThatIsTooNarrow) {
  const data::TempDir temp;
  write(temp / "run.toml", tiny_run(30));
  const std::vector<std::string> plan = {
      "warmup", "run.toml",  "--optimizers", "adamw",   "--warmups", "0,10%",
      "--lr",   "1e-5:1e-4", "--levels",     "3",       "--seeds",   "1",
      "--jobs", "2",         "--measure",    "default", "-o",        "w"};
  const auto first = run_program(plan, temp.path());
  EXPECT_EQ(first.status, 4) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("best lr at the high end of the range"),
                               HasSubstr("lies at the edge of the range (0.0001): extend it")));
  const std::string before = read_file(temp / "w/trials/0000/metrics.jsonl");
  const auto grown =
      run_program({"warmup", "w", "--extend", "2", "--jobs", "2", "--json"}, temp.path());
  EXPECT_EQ(grown.status, 4) << "one seed tells nothing of the noise";
  EXPECT_THAT(
      grown.out,
      AllOf(HasSubstr("\"type\":\"extend\",\"optimizer\":\"adamw\",\"lr\":0.000316228}"),
            HasSubstr("\"optimizer\":\"adamw\",\"lr\":0.001}"), Not(HasSubstr("\"lr\":0.0031"))));
  EXPECT_EQ(read_file(temp / "w/trials/0000/metrics.jsonl"), before);
  EXPECT_EQ(study::load_study(temp / "w").trials.size(), 2u * 5u);
}

// The verbs about what a study says: its noise from its own seeds, in status, verdict and compare.
TEST(StudyProgram, SaysWhatIsKnownOfItsNoise) {
  const data::TempDir temp;
  make_tiny_study(temp, "s");
  EXPECT_THAT(run_program({"study", "status", "s"}, temp.path()).out,
              HasSubstr("noise between seeds: not known"));
  const auto unknown = run_program({"study", "verdict", "s"}, temp.path());
  EXPECT_EQ(unknown.status, 4) << "nothing has run";
  ASSERT_EQ(run_program({"study", "run", "s", "--quiet"}, temp.path()).status, 0);
  EXPECT_THAT(run_program({"study", "status", "s"}, temp.path()).out,
              HasSubstr("(2 degrees of freedom)"));
  EXPECT_THAT(run_program({"study", "status", "s", "--json"}, temp.path()).out,
              AllOf(HasSubstr("\"sigma\":"), HasSubstr("\"sigma_n\":3")));
  const auto verdict = run_program({"study", "verdict", "s"}, temp.path());
  EXPECT_THAT(verdict.out, AllOf(HasSubstr("(SD-10)"), HasSubstr("NOISE (AD-01): sigma = ")));
  const auto json = run_program({"study", "verdict", "s", "--json"}, temp.path());
  EXPECT_EQ(json.out.front(), '{');
  EXPECT_EQ(json.status, verdict.status);

  const std::vector<std::string> compare = {"steps",         "compare", "s/trials/0000",
                                            "s/trials/0002", "--about", "schedule"};
  const auto own = run_program(compare, temp.path());
  EXPECT_EQ(own.status, 0) << own.out << own.err;
  EXPECT_THAT(own.out, HasSubstr("P(better)")) << "both are trials of one study, which knows it";
  fs::copy(temp / "s/trials/0000", temp / "alone", fs::copy_options::recursive);
  std::vector<std::string> other = compare;
  other[2] = "alone";
  EXPECT_THAT(run_program(other, temp.path()).out,
              AllOf(HasSubstr("The noise between seeds is not known"), HasSubstr("noise unknown")));
  other.insert(other.end(), {"--noise", "s"});
  EXPECT_THAT(run_program(other, temp.path()).out, HasSubstr("P(better)"));
}

TEST(StudyProgram, DrawsItsReport) {
  const data::TempDir temp;
  make_tiny_study(temp, "s");
  ASSERT_EQ(run_program({"study", "run", "s", "--quiet"}, temp.path()).status, 0);
  const auto drawn = run_program({"study", "report", "s", "-o", "page.html"}, temp.path());
  EXPECT_EQ(drawn.status, 0) << drawn.err;
  EXPECT_THAT(read_file(temp / "page.html"), HasSubstr("which rate"));
}

TEST(SlowStudyProgram, NoiseRunsItsSeeds) {
  const data::TempDir temp;
  write(temp / "run.toml", tiny_run(20));
  const auto noise = run_program({"noise", "run.toml", "--n", "3"}, temp.path());
  EXPECT_EQ(noise.status, 0) << noise.err;
  EXPECT_THAT(noise.out,
              AllOf(HasSubstr("seed 1: best val_loss"), HasSubstr("seed 3: best val_loss")));
  EXPECT_TRUE(fs::exists(temp / "run-noise/study.toml"));
  // Another study of the same length takes it over; one of another length does not.
  const auto with_noise = [&](const std::string& head) {
    write(temp / "spec.toml", "noise = \"run-noise\"\n" + head + tiny_spec());
    return run_program({"study", "new", "spec.toml", "-o", "next"}, temp.path());
  };
  EXPECT_THAT(with_noise("max_steps = 30\n").err, HasSubstr("measured over 20 steps, expected 30"));
  ASSERT_EQ(with_noise("").status, 0);
  EXPECT_THAT(read_file(temp / "next/study.toml"), HasSubstr("sigma_n = 3"));
  EXPECT_THAT(run_program({"study", "status", "next"}, temp.path()).out,
              HasSubstr("(2 degrees of freedom)"));
}

}  // namespace
}  // namespace coldstart
