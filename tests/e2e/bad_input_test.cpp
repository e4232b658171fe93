// What bad input gets, as a user sees it: exit status 2, an error with a hint, nothing
// half-written. One line a promise; the details are in the tests of the parts, and a full disk is
// in resume_test.cpp.
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BadInput : public testing::Test {
 protected:
  BadInput() {
    // Runs as a user's: relative to a working directory that nothing may be left in.
    fs::create_directories(temp_ / "empty");
    write_file_atomic(temp_ / "empty.txt", "");
    write_file_atomic(temp_ / "short.txt", "nine words are not enough to train a model");
  }

  ProgramResult program(std::vector<std::string> arguments) const {
    return run_program(arguments, temp_.path().string());
  }
  // Without the datasets that are prepared on first use: those are whole, and of use to the next
  // try.
  std::set<std::string> contents() const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(temp_.path())) {
      const std::string path = entry.path().string();
      if (path.find("/.data") != path.npos && path.find(".tmp") == path.npos) continue;
      names.insert(fmt::format("{} {}", path, entry.is_regular_file() ? entry.file_size() : 0));
    }
    return names;
  }
  void refused(std::vector<std::string> arguments, const std::string& message) const {
    SCOPED_TRACE(fmt::format("coldstart {}", fmt::join(arguments, " ")));
    const auto before = contents();
    const ProgramResult result = program(std::move(arguments));
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, testing::StartsWith("error: ["));
    EXPECT_THAT(result.err, HasSubstr("\nhint: "));
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_EQ(contents(), before);
  }
  void train_refused(std::vector<std::string> more, const std::string& message) const {
    more.insert(more.begin(), {"train", "tiny", "--out", "new"});
    refused(std::move(more), message);
  }
  // A trained model of one small layer.
  void train_run() const {
    const auto result = program({"train",
                                 "tiny",
                                 "--layers",
                                 "1",
                                 "--width",
                                 "8",
                                 "--heads",
                                 "1",
                                 "--context",
                                 "16",
                                 "--batch_tokens",
                                 "32",
                                 "--steps",
                                 "2",
                                 "--eval_tokens",
                                 "32",
                                 "--stories_bytes",
                                 "20000",
                                 "--quiet",
                                 "--out",
                                 "run"});
    ASSERT_EQ(result.status, 0) << result.err;
  }
  std::string checkpoint(const char* file) const {
    return temp_ / (std::string("run/checkpoints/step_00000002/") + file);
  }

  const data::TempDir temp_;
};

TEST_F(BadInput, Text) {
  train_refused({"--data.path", "missing.txt"}, "no such file");
  train_refused({"--data.path", "empty.txt"}, "no text");
  train_refused({"--data.path", "empty"}, "no text");
  train_refused({"--data.path", "short.txt"}, "too short");
  train_refused({"--stories_bytes", "2000", "--context", "4096", "--batch_tokens", "4096"},
                "training data");
  train_refused({"--data.path", "builtin:storys"}, "did you mean builtin:stories?");
}

TEST_F(BadInput, Shards) {
  ASSERT_EQ(
      program({"data", "prepare", "builtin:stories", "--stories-bytes", "20000", "--out", "d"})
          .status,
      0);
  const std::string shard = temp_ / "d/train.bin";
  const std::string good = read_file(shard);
  std::string bad = good;
  bad[good.size() / 2] ^= 1;
  write_file_atomic(shard, bad);
  train_refused({"--data.path", "d"}, "checksum");
  write_file_atomic(shard, good.substr(0, good.size() - 1));
  train_refused({"--data.path", "d"}, "train.bin");
  write_file_atomic(shard, "not a shard but some other file\n");
  train_refused({"--data.path", "d"}, "train.bin");
  refused({"data", "info", "d"}, "train.bin");
}

TEST_F(BadInput, Configuration) {
  write_file_atomic(temp_ / "key.toml", "[model]\nlayer = 2\n");
  write_file_atomic(temp_ / "value.toml", "[model]\nmlp = \"glue\"\n");
  write_file_atomic(temp_ / "syntax.toml", "[model\n");
  refused({"train", "key.toml"}, "did you mean 'model.layers'?");
  refused({"train", "value.toml"}, "'gelu'");
  refused({"train", "syntax.toml"}, "syntax.toml");
  refused({"train", "tyni"}, "tiny");
  train_refused({"--modle.layers", "2"}, "--model.layers");
  train_refused({"--mlp", "glue"}, "'gelu'");
  train_refused({"--lr", "1e-3x"}, "1e-3x");
  train_refused({"--steps", "10.5"}, "10.5");
  train_refused({"--layers", "0"}, "1 to 10000");
  train_refused({"--heads", "3"}, "heads must divide width");
  train_refused({"--width", "1048576", "--layers", "1000"}, "needs");  // memory
}

TEST_F(BadInput, Checkpoints) {
  train_run();
  const std::vector<std::string> resume = {"train", "run", "--resume", "--quiet"};
  refused({"train", "tiny", "--out", "run"}, "already holds a run");
  train_refused({"--branch-from", "run"}, "another model");
  const std::string good = read_file(checkpoint("model.safetensors"));
  write_file_atomic(checkpoint("model.safetensors"), good.substr(0, good.size() - 4));
  refused(resume, "truncated");
  refused({"sample", "run"}, "truncated");
  fs::remove(checkpoint("model.safetensors"));
  refused(resume, "missing");
  write_file_atomic(checkpoint("manifest.json"), "{");
  refused(resume, "manifest.json");
}

TEST_F(BadInput, Prompts) {
  train_run();
  refused({"sample", "run", "--prompt-tokens", "256"}, "outside the vocabulary");
  refused({"sample", "run", "--prompt-file", "missing.txt"}, "missing.txt");
}

}  // namespace
}  // namespace coldstart
