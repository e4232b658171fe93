// coldstart tune as a user types it: to the end, killed and continued, and what it refuses.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <sstream>

#include "coldstart/core/files.h"
#include "coldstart/core/shell_word.h"
#include "coldstart/io/json_lines.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"
#include "tests/tune/tiny_model.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;
using data::TempDir;
using testing::HasSubstr;

std::vector<std::string> arguments(const TempDir& temp, const std::string& out, int64_t steps,
                                   std::vector<std::string> more = {}) {
  const tune::TuneOptions question = tune::tiny_question(temp.path(), steps);
  std::vector<std::string> all = {
      "tune",         question.text, "--budget", question.budget_text, "--model",
      question.model, "--out",       temp / out, "--threads",          "1"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// Decisions of a journal, without what they cost: those are seconds.
std::map<std::string, std::string> answers(const fs::path& directory) {
  std::map<std::string, std::string> found;
  for (const io::JsonRecord& record : io::read_json_lines(directory / "journal.jsonl"))
    if (record.text("type") == "decision") {
      EXPECT_FALSE(found.contains(*record.text("name"))) << "decided twice";
      found[*record.text("name")] = *record.text("answer");
    }
  return found;
}

// Starts it, and kills it as soon as its journal names `word`.
void kill_when(const std::vector<std::string>& typed, const fs::path& directory,
               const std::string& word) {
  const auto ready = [&] {
    return fs::exists(directory / "journal.jsonl") &&
           read_file(directory / "journal.jsonl").find(word) != std::string::npos;
  };
  EXPECT_EQ(signal_program(typed, SIGKILL, ready, [&] { fs::remove_all(directory); }),
            128 + SIGKILL);
}

TEST(TuneProgram, MakesAModelAPageAndASummaryThatCanBeRepeated) {
  const TempDir temp;
  const auto done = run_program(arguments(temp, "a", 1500));
  ASSERT_EQ(done.status, 0) << done.err;
  for (const char* part : {"[1/8] measure", "Which optimizer?", "Which learning rate?",
                           "Is warmup needed here?", "what it writes", "bits a byte", "summary.md"})
    EXPECT_THAT(done.out, HasSubstr(part));
  EXPECT_THAT(read_file(temp / "a/report.html"), HasSubstr("production"));
  EXPECT_EQ(run_program({"sample", temp / "a/model", "--tokens", "20"}).status, 0);

  // The last of the summary's commands gives the number that stands beside it.
  const auto scored = run_program(
      {"eval", temp / "a/model", "--data", temp / "a/data/test", "--tokens", "262144", "--json"});
  ASSERT_EQ(scored.status, 0) << scored.err;
  const auto decision = answers(temp / "a")["checkpoint"];
  const auto loss = io::JsonRecord::parse(scored.out, "eval").number("val_loss").value();
  EXPECT_THAT(decision, HasSubstr(fmt::format("{:.4f} nats", loss)));
}

TEST(SlowTuneProgram, GoesOnWhereItWasAfterSigkill) {
  const TempDir temp;
  ASSERT_EQ(run_program(arguments(temp, "whole", 1500, {"--quiet"})).status, 0);
  const auto killed = arguments(temp, "killed", 1500, {"--quiet"});
  for (const char* word : {"\"learns\"", "\"rate-", "\"bridge\"", "\"production-trunk\""})
    kill_when(killed, temp / "killed", word);
  const auto done = run_program(killed);
  ASSERT_EQ(done.status, 0) << done.err;
  auto whole = answers(temp / "whole"), again = answers(temp / "killed");
  // Where the model's line names a speed, and the input pipeline its share, they are their own.
  EXPECT_EQ(whole.size(), again.size());
  for (const char* id :
       {"learns", "optimizer", "rate", "warmup", "bridge", "production", "checkpoint"})
    EXPECT_EQ(whole[id], again[id]);
}

// The lines of the summary's blocks of commands.
std::vector<std::string> commands_of(const std::string& summary) {
  std::vector<std::string> commands;
  std::istringstream lines(summary);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```"))
      inside = line == "```sh";
    else if (inside)
      commands.push_back(line);
  }
  return commands;
}

TEST(SlowTuneProgram, EveryCommandOfTheSummaryCanBeTypedAlsoWithBlanksInPaths) {
  const TempDir temp;
  const fs::path folder = temp / "my texts";
  fs::create_directory(folder);
  fs::copy_file(source_dir() / "LICENSE", folder / "it's a text.txt");
  std::vector<std::string> typed = arguments(temp, "my texts/tuned", 1100, {"--quiet"});
  typed[1] = (folder / "it's a text.txt").string();
  ASSERT_EQ(run_program(typed).status, 0);
  const auto commands = commands_of(read_file(folder / "tuned/summary.md"));
  EXPECT_GE(commands.size(), 15u);
  for (const std::string& command : commands) {
    EXPECT_TRUE(command.starts_with("coldstart ")) << command;
    const auto done = run_command(
        {"sh", "-c", fmt::format("exec '{}'{}", program_path().string(), command.substr(9))},
        folder);
    // `steps init` may find that nothing fitted.
    const bool no_verdict = command.starts_with("coldstart steps ") && done.status == 4;
    EXPECT_TRUE(done.status == 0 || no_verdict) << command << "\n" << done.err;
  }
}

// The tokens that a budget buys are the same however often it is stopped, and so are the answers.
void expect_same_answers(const fs::path& a, const fs::path& b) {
  auto one = answers(a), other = answers(b);
  EXPECT_EQ(one.size(), other.size());
  for (const char* id : {"optimizer", "rate", "warmup", "bridge", "production"})
    EXPECT_EQ(one[id], other[id]);
}

TEST(SlowTuneProgram, CtrlCSavesSaysSoAndGoesOn) {
  const TempDir temp;
  ASSERT_EQ(run_program(arguments(temp, "whole", 1200, {"--quiet"})).status, 0);
  const auto stopped = arguments(temp, "stopped", 1200, {"--quiet"});
  const auto ready = [&] {
    return fs::exists(temp / "stopped/runs/production-trunk/metrics.jsonl");
  };
  EXPECT_EQ(signal_program(stopped, SIGINT, ready, [&] { fs::remove_all(temp / "stopped"); }),
            128 + SIGINT);
  EXPECT_FALSE(fs::exists(temp / "stopped/summary.md"));
  ASSERT_EQ(run_program(stopped).status, 0);
  expect_same_answers(temp / "whole", temp / "stopped");
}

TEST(SlowTuneProgram, AFullDiskIsSaidAndNothingIsLost) {
  const TempDir temp;
  ASSERT_EQ(run_program(arguments(temp, "whole", 1200, {"--quiet"})).status, 0);
  const std::vector<std::string> typed = arguments(temp, "full", 1200, {"--quiet"});
  std::string command;
  for (const std::string& word : typed) command += " " + shell_word(word);
  // No file may grow beyond so many blocks of 512 bytes: the prepared text does not fit, then not
  // a checkpoint, then not the records of a long run.
  for (const int blocks : {4, 20, 60}) {
    const auto full = run_command({"bash", "-c",
                                   fmt::format("trap '' XFSZ; ulimit -f {}; exec '{}'{}", blocks,
                                               program_path().string(), command)},
                                  "");
    EXPECT_EQ(full.status, 2) << blocks;
    EXPECT_THAT(full.err, testing::AllOf(testing::StartsWith("error: ["), HasSubstr("hint: ")))
        << blocks;
  }
  const auto done = run_program(typed);
  ASSERT_EQ(done.status, 0) << done.err;
  expect_same_answers(temp / "whole", temp / "full");
}

TEST(TuneProgram, JsonIsRecordsToTheEnd) {
  const TempDir temp;
  const auto done = run_program(arguments(temp, "a", 100, {"--json"}));
  ASSERT_EQ(done.status, 0) << done.err;
  std::istringstream lines(done.out);
  std::string line, last;
  while (std::getline(lines, line)) last = io::JsonRecord::parse(line, "out").line();
  const auto end = io::JsonRecord::parse(last, "out");
  EXPECT_EQ(end.text("type"), "end");
  EXPECT_GT(end.number("test_loss").value(), 0);
}

TEST(TuneProgram, PlanOnlyWritesNothing) {
  const TempDir temp;
  const auto plan = run_program(arguments(temp, "a", 5000, {"--plan-only"}));
  ASSERT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("5000 steps of 64 tokens"));
  EXPECT_FALSE(fs::exists(temp / "a"));
}

TEST(TuneProgram, SaysWhatStandsInTheWay) {
  const TempDir temp;
  const auto refused = [&](const std::vector<std::string>& typed, const char* what,
                           const char* hint) {
    const auto result = run_program(typed);
    EXPECT_EQ(result.status, 2) << what;
    EXPECT_THAT(result.err, HasSubstr(what));
    EXPECT_THAT(result.err, HasSubstr(hint));
  };
  refused({"tune", "LICENSE"}, "--budget", "");
  refused({"tune", "nowhere.txt", "--budget", "1m", "--out", temp / "b"}, "nowhere.txt", "hint");
  refused({"tune", "builtin:headers", "--budget", "soon"}, "soon", "30m");
  refused({"tune", "builtin:headers", "--budget", "1m", "--model", "tinny", "--out", temp / "c"},
          "tinny", "tiny");
  refused({"tune", "builtin:headers", "--budget", "1Mtok", "--model", "classifier-mlp", "--out",
           temp / "d"},
          "classifier", "tune trains GPTs");
  refused(arguments(temp, "e", 59), "buys 59 steps", "would do");
  for (const char* out : {"b", "c", "d"})
    EXPECT_FALSE(fs::exists(temp / out / fs::path("runs"))) << out;
}

TEST(SlowDemoProgram, IsTheAutopilotAndSaysWhatToTryNext) {
  const TempDir temp;
  const auto demo = run_program({"demo", "--budget", "100ktok"}, temp.path());
  ASSERT_EQ(demo.status, 0) << demo.err;
  for (const char* part : {"verdict", "#include <", "next:", "tune YOUR_TEXT.txt --budget 30m",
                           "sample runs/demo/model", "train demo --data.path"})
    EXPECT_THAT(demo.out, HasSubstr(part));
  EXPECT_TRUE(fs::exists(temp / "runs/demo/report.html"));
}

}  // namespace
}  // namespace coldstart
