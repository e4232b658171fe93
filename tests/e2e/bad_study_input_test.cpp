// What bad input to a study gets, as a user sees it: exit status 2, an error with a hint, and no
// study half-made. One line a promise; the details are in the tests of the parts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kHead = "goal = \"g\"\nconfig = \"tiny\"\npoints = 3\n[[space]]\n";

class BadStudyInput : public testing::Test {
 protected:
  ProgramResult program(const std::vector<std::string>& arguments) const {
    return run_program(arguments, temp_.path().string());
  }
  void new_refused(const std::string& spec, const std::string& message) const {
    SCOPED_TRACE(spec);
    write_file_atomic(temp_ / "spec.toml", spec);
    const ProgramResult result = program({"study", "new", "spec.toml", "-o", "s"});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("error: ["));
    EXPECT_THAT(result.err, HasSubstr("\nhint: "));
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_FALSE(fs::exists(temp_ / "s"));
  }
  // A study of one trial of a line of shell.
  void make(const std::string& script, const std::string& head = "") const {
    write_file_atomic(temp_ / "spec.toml", "goal = \"g\"\nmax_steps = 10\n" + head +
                                               "command = [\"sh\", \"-c\", '''" + script +
                                               "''']\n");
    const ProgramResult made = program({"study", "new", "spec.toml", "-o", "s"});
    ASSERT_EQ(made.status, 0) << made.err;
  }
  // The state, the reason and the note of its trial, after `study run`.
  std::string ending(const std::string& script, const std::string& head = "") const {
    fs::remove_all(temp_ / "s");
    make(script, head);
    program({"study", "run", "s", "--quiet"});
    return program({"study", "status", "s"}).out;
  }

  const data::TempDir temp_;
};

TEST_F(BadStudyInput, Specification) {
  const std::string head = kHead;
  new_refused(head + "name = \"optimizer.lrr\"\nrole = \"fixed\"\nvalue = 1\n",
              "did you mean 'optimizer.lr'");
  const std::string lr = head + "name = \"lr\"\n", role = "role = \"nuisance\"\n";
  new_refused(lr + role + "scale = \"log\"\nrange = [1e-3, 1e-3]\n", "is empty");
  new_refused(lr + role + "scale = \"log\"\nrange = [1e-2, 1e-3]\n", "is inverted");
  new_refused(lr + role + "scale = \"log\"\nrange = [0, 1]\n", "a log scale has no place");
  new_refused(lr + "scale = \"log\"\nrange = [1e-3, 1e-2]\n", "has no role (SD-02)");
  new_refused(head + "name = \"train.steps\"\n" + role + "choices = [100, 200]\n", "TD-09");
  new_refused("format = 99\n" + lr, "newer version");
  new_refused("sigma = -1.0\n" + lr + role + "value = 1\n", "no standard deviation");
  new_refused("noise = \"nowhere\"\ngoal = \"g\"\nconfig = \"tiny\"\n", "holds no study");
}

TEST_F(BadStudyInput, StudyOnDisk) {
  make("printf '{{\"step\":10,\"val_loss\":1}}\\n' >> metrics.jsonl");
  ASSERT_EQ(program({"study", "run", "s", "--quiet"}).status, 0);
  const std::string status = program({"study", "status", "s"}).out;
  EXPECT_THAT(status, HasSubstr("1 of 1 over: 1 finished"));
  write_file_atomic(temp_ / "s/study.db", std::string(9000, 'x'));
  EXPECT_EQ(program({"study", "status", "s"}).out, status) << "corrupted";
  EXPECT_THAT(program({"study", "run", "s"}).out,
              HasSubstr("made anew from the trial directories"));
  fs::remove(temp_ / "s/study.db");
  EXPECT_EQ(program({"study", "status", "s"}).out, status) << "deleted";

  const auto refused = [&](const std::string& message) {
    for (const char* verb : {"status", "run", "verdict"}) {
      const ProgramResult result = program({"study", verb, "s"});
      EXPECT_EQ(result.status, 2) << verb;
      EXPECT_THAT(result.err, StartsWith("error: [")) << verb;
      EXPECT_THAT(result.err, HasSubstr(message)) << verb;
      EXPECT_THAT(result.err, HasSubstr("\nhint: ")) << verb;
    }
  };
  fs::create_directory(temp_ / "s/trials/0");
  refused("trials/0");
  fs::remove(temp_ / "s/trials/0");
  const std::string launch = read_file(temp_ / "s/trials/0000/launch.json");
  write_file_atomic(temp_ / "s/trials/0000/launch.json", launch.substr(0, launch.size() / 2));
  refused("launch.json' is damaged");
}

TEST_F(BadStudyInput, ExternalTrainer) {
  EXPECT_THAT(ending("true"), HasSubstr("recorded no 'val_loss'"));
  EXPECT_THAT(ending("printf '{{\"step\":3,\"val_loss\":NaN}}\\n' >> metrics.jsonl; sleep 20"),
              HasSubstr("[nan: the loss was not finite at step 3]"));
  EXPECT_THAT(ending("printf '{{\"step\":3,\"val_loss\":1}}\\n{{\"step\":2,\"val_loss\":1}}\\n' >> "
                     "metrics.jsonl; sleep 20"),
              HasSubstr("goes back from step 3 to 2"));
  EXPECT_THAT(ending("echo boom; exit 9"), HasSubstr("[crash: exit status 9: boom]"));
  EXPECT_THAT(ending("sleep 20", "silence_limit_s = 0.2\n"), HasSubstr("hung: wrote nothing"));
  EXPECT_THAT(ending("while true; do head -c 100000 /dev/zero >> full; sleep 0.05; done",
                     "disk_limit_mb = 0.2\n"),
              HasSubstr("used more than 0.2 MB of disk"));
  write_file_atomic(temp_ / "spec.toml",
                    "goal = \"g\"\nmax_steps = 10\ncommand = [\"no-such-program\"]\n");
  ASSERT_EQ(program({"study", "new", "spec.toml", "-o", "t"}).status, 0);
  const ProgramResult run = program({"study", "run", "t"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("there is no program 'no-such-program' on the PATH\nhint: "));
  EXPECT_FALSE(fs::exists(temp_ / "t/trials/0000"));
}

}  // namespace
}  // namespace coldstart
