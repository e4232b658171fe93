// Runs that are killed, interrupted, or meet a full disk, as separate processes.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kSteps = 120;

std::vector<std::string> train_arguments(const fs::path& out) {
  return {"train",
          "tiny",
          "--layers",
          "1",
          "--width",
          "16",
          "--heads",
          "2",
          "--context",
          "16",
          "--data.path",
          (source_dir() / "LICENSE").string(),
          "--steps",
          std::to_string(kSteps),
          "--batch_tokens",
          "32",
          "--eval_every",
          "40",
          "--eval_tokens",
          "64",
          "--checkpoint_every",
          "7",
          "--threads",
          "1",
          "--quiet",
          "--out",
          out.string()};
}

// Everything that adapts while a run is under way: data order, batch size, rate on plateau.
std::vector<std::string> adaptive_arguments(const fs::path& out) {
  std::vector<std::string> arguments = train_arguments(out);
  *(std::ranges::find(arguments, "--batch_tokens") + 1) = "128";
  for (const char* argument :
       {"--curriculum", "self_paced", "--curriculum_pace", "80", "--self_paced_window", "24",
        "--batch_warmup", "measured", "--batch_warmup_factor", "20", "--batch_warmup_lr", "rrc",
        "--plateau_patience", "1", "--plateau_threshold", "0.5"})
    arguments.emplace_back(argument);
  return arguments;
}

// Starts a run, waits until it has recorded `lines` lines, sends the signal; its exit status.
int signal_run_at(const fs::path& out, int lines, int signal,
                  const std::vector<std::string>& arguments) {
  const auto ready = [&] {
    return fs::exists(out / "metrics.jsonl") &&
           std::ranges::count(read_file(out / "metrics.jsonl"), '\n') >= lines;
  };
  return signal_program(arguments, signal, ready, [&] { fs::remove_all(out); });
}
int signal_run_at(const fs::path& out, int lines, int signal) {
  return signal_run_at(out, lines, signal, train_arguments(out));
}

std::string whole_state(const fs::path& run) {
  fs::path last;
  for (const auto& entry : fs::directory_iterator(run / "checkpoints"))
    last = std::max(last, entry.path());
  return read_file(run / "metrics.jsonl") + read_file(last / "model.safetensors") +
         read_file(last / "optimizer.safetensors") + read_file(last / "manifest.json");
}

TEST(ResumeProgram, EqualsTheUninterruptedRunAfterSigkillAtARandomStep) {
  const data::TempDir temp;
  ASSERT_EQ(run_program(train_arguments(temp / "whole")).status, 0);
  const int lines = 2 + static_cast<int>(getpid() % (kSteps - 10));
  SCOPED_TRACE(fmt::format("killed at line {}", lines));
  EXPECT_EQ(signal_run_at(temp / "killed", lines, SIGKILL), 128 + SIGKILL);
  const auto resumed = run_program({"train", temp / "killed", "--resume", "--quiet"});
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_TRUE(whole_state(temp / "whole") == whole_state(temp / "killed"));
}

TEST(ResumeProgram, EqualsTheUninterruptedRunWithEverythingThatAdapts) {
  const data::TempDir temp;
  const auto whole = run_program(adaptive_arguments(temp / "whole"));
  ASSERT_EQ(whole.status, 0) << whole.err;
  const int lines = 2 + static_cast<int>(getpid() % (kSteps - 10));
  SCOPED_TRACE(fmt::format("killed at line {}", lines));
  EXPECT_EQ(signal_run_at(temp / "killed", lines, SIGKILL, adaptive_arguments(temp / "killed")),
            128 + SIGKILL);
  const auto resumed = run_program({"train", temp / "killed", "--resume", "--quiet"});
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_TRUE(whole_state(temp / "whole") == whole_state(temp / "killed"));
  const std::string metrics = read_file(temp / "whole/metrics.jsonl");
  for (const char* part : {"\"batch_tokens\":128", "\"plateau\"", "\"self_paced_counted\":0."})
    EXPECT_THAT(metrics, HasSubstr(part)) << "it was at work";
}

TEST(ResumeProgram, CtrlCSavesAndIsAnOutcome) {
  const data::TempDir temp;
  ASSERT_EQ(run_program(train_arguments(temp / "whole")).status, 0);
  EXPECT_EQ(signal_run_at(temp / "stopped", 20, SIGINT), 130);
  EXPECT_THAT(read_file(temp / "stopped/status.json"), HasSubstr("\"interrupted\""));
  const auto resumed = run_program({"train", temp / "stopped", "--resume", "--quiet"});
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_TRUE(whole_state(temp / "whole") == whole_state(temp / "stopped"));
}

TEST(ResumeProgram, AFullDiskKeepsTheLastGoodCheckpoint) {
  const data::TempDir temp;
  ASSERT_EQ(run_program(train_arguments(temp / "whole")).status, 0);
  EXPECT_EQ(signal_run_at(temp / "run", 20, SIGTERM), 143);
  const std::string before =
      fmt::format("{}", fs::directory_iterator(temp / "run/checkpoints")->path().string());
  // No file may grow beyond 8 KiB: the next checkpoint cannot be written.
  const std::string command =
      fmt::format("trap '' XFSZ; ulimit -f 16; exec '{}' train '{}' --resume --quiet 2> '{}'",
                  program_path().string(), (temp / "run").string(), (temp / "err").string());
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_THAT(read_file(temp / "err"), HasSubstr("error: "));
  EXPECT_TRUE(fs::exists(fs::path(before) / "manifest.json"));
  for (const auto& entry : fs::directory_iterator(temp / "run/checkpoints")) {
    EXPECT_TRUE(fs::exists(entry.path() / "manifest.json")) << "half-written " << entry.path();
  }
  ASSERT_EQ(run_program({"train", temp / "run", "--resume", "--quiet"}).status, 0);
  EXPECT_TRUE(whole_state(temp / "whole") == whole_state(temp / "run"));
}

TEST(TrainProgram, SaysWhatIsWrong) {
  const data::TempDir temp;
  const auto error = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "train", "tiny", "--data.path", (source_dir() / "LICENSE").string(), "--out", temp / "run"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run_program(arguments);
    EXPECT_EQ(result.status, 2) << fmt::format("{}", fmt::join(more, " "));
    EXPECT_THAT(result.err, HasSubstr("hint:"));
    EXPECT_FALSE(fs::exists(temp / "run")) << "nothing is left behind";
    return result.err;
  };
  EXPECT_THAT(error({"--model.width", "1048576", "--model.layers", "1000"}), HasSubstr("needs"));
  EXPECT_THAT(error({"--context", "65536", "--batch_tokens", "65536"}), HasSubstr("training data"));
  EXPECT_THAT(error({"--branch-from", temp / "nothing"}), HasSubstr("no checkpoint"));
  EXPECT_THAT(error({"--resume"}), HasSubstr("holds no run"));
}

// A preset may have the name of a verb.
TEST(TrainProgram, TakesTheWordAfterTheVerbAsAPreset) {
  const data::TempDir temp;
  const auto result = run_program(
      {"train", "demo", "--data.path", (source_dir() / "LICENSE").string(), "--dry-run"},
      temp.path().string());
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("width = 160"));
}

TEST(TrainProgram, DashesDoForUnderscores) {
  const data::TempDir temp;
  const auto dry_run = [&](const std::string& batch, const std::string& every) {
    const auto result =
        run_program({"train", "tiny", "--data.path", (source_dir() / "LICENSE").string(),
                     "--dry-run", batch, "2048", every, "17"},
                    temp.path().string());
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out.substr(result.out.find("[model]"));
  };
  const std::string config = dry_run("--batch_tokens", "--train.eval_every");
  EXPECT_THAT(config, HasSubstr("batch_tokens = 2048"));
  EXPECT_THAT(config, HasSubstr("eval_every = 17"));
  EXPECT_EQ(dry_run("--batch-tokens", "--train.eval-every"), config);
}

TEST(TrainProgram, DryRunWritesNothing) {
  const data::TempDir temp;
  std::vector<std::string> arguments = train_arguments(temp / "run");
  arguments.push_back("--dry-run");
  const auto result = run_program(arguments);
  EXPECT_EQ(result.status, 0) << result.err;
  for (const char* part :
       {"memory", "compute", "machine peak", "an estimate", "schedule", "[model]", "grad_accum"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
  EXPECT_FALSE(fs::exists(temp / "run"));
}

TEST(EvalProgram, EqualsTheLossTheRunRecorded) {
  const data::TempDir temp;
  ASSERT_EQ(run_program(train_arguments(temp / "run")).status, 0);
  const auto result = run_program({"eval", temp / "run", "--tokens", "64", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const std::string metrics = read_file(temp / "run/metrics.jsonl");
  const size_t at = metrics.rfind("\"val_loss\":");
  EXPECT_THAT(result.out, HasSubstr(metrics.substr(at, metrics.find(',', at) - at)));
}

}  // namespace
}  // namespace coldstart
