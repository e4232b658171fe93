// A trained model used as a user does: sample, eval and export, as separate processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class TrainedRun : public testing::Test {
 protected:
  // Validation every 5 steps and two kept checkpoints: 20 is the last, 10 a trunk.
  static void SetUpTestSuite() {
    root_ =
        new fs::path(fs::temp_directory_path() / ("coldstart-trained-" + std::to_string(getpid())));
    fs::create_directories(*root_);
    const auto result = run_program({"train",
                                     "tiny",
                                     "--data.path",
                                     "builtin:stories",
                                     "--layers",
                                     "1",
                                     "--width",
                                     "32",
                                     "--heads",
                                     "2",
                                     "--context",
                                     "32",
                                     "--steps",
                                     "20",
                                     "--batch_tokens",
                                     "128",
                                     "--eval_every",
                                     "10",
                                     "--eval_tokens",
                                     "64",
                                     "--trunk_at",
                                     "10",
                                     "--threads",
                                     "1",
                                     "--quiet",
                                     "--out",
                                     (*root_ / "run").string()});
    ASSERT_EQ(result.status, 0) << result.err;
  }
  static void TearDownTestSuite() {
    fs::remove_all(*root_);
    delete root_;
  }

  static std::string run() { return (*root_ / "run").string(); }

  static std::string sample(std::vector<std::string> more) {
    more.insert(more.begin(), {"sample", run(), "--tokens", "60"});
    const auto result = run_program(more);
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
  }
  static std::string error(const std::vector<std::string>& arguments) {
    const auto result = run_program(arguments);
    EXPECT_EQ(result.status, 2) << result.out;
    EXPECT_EQ(result.out, "") << "nothing is printed that could be taken for a sample";
    return result.err;
  }

  static fs::path* root_;
};
fs::path* TrainedRun::root_ = nullptr;

using SampleProgram = TrainedRun;
using ExportProgram = TrainedRun;

TEST_F(SampleProgram, IsAFunctionOfTheSeed) {
  const std::string one = sample({"--prompt", "Once ", "--seed", "1"});
  EXPECT_THAT(one, StartsWith("Once "));
  EXPECT_EQ(one.size(), 5u + 60u + 1u) << "prompt, a byte a token, line end";
  EXPECT_EQ(one, sample({"--prompt", "Once ", "--seed", "1"}));
  EXPECT_NE(one, sample({"--prompt", "Once ", "--seed", "2"}));
}

TEST_F(SampleProgram, TheOptionsReachTheSampler) {
  const auto greedy = sample({"--prompt", "a", "--temperature", "0"});
  EXPECT_EQ(greedy, sample({"--prompt", "a", "--top-k", "1", "--seed", "7"}));
  EXPECT_EQ(greedy, sample({"--prompt", "a", "--top_k", "1", "--seed", "8"}));
  EXPECT_EQ(greedy, sample({"--prompt", "a", "--top-p", "1e-9"}));
  EXPECT_NE(greedy, sample({"--prompt", "a"}));
}

TEST_F(SampleProgram, APromptMayBeEmptyAFileOrLongerThanTheContext) {
  EXPECT_EQ(sample({}).size(), 61u);
  EXPECT_EQ(sample({}), sample({"--prompt", ""}));
  const std::string prompt = "line\n\x80\xff\n" + std::string(100, 'x');
  write_file_atomic(*root_ / "prompt", prompt);
  const std::string text = sample({"--prompt-file", (*root_ / "prompt").string()});
  EXPECT_THAT(text, StartsWith(prompt)) << "bytes pass through as they are";
  EXPECT_EQ(text.size(), prompt.size() + 61);
}

TEST_F(SampleProgram, APromptMayBeTokenIds) {
  EXPECT_EQ(sample({"--prompt-tokens", "79,110,99,101"}), sample({"--prompt", "Once"}));
  EXPECT_THAT(error({"sample", run(), "--prompt-tokens", "1,256"}),
              HasSubstr("got token 256, expected 0 to 255"));
  for (const char* ids : {"1,", "a", "1 2", "", "1.5"})
    EXPECT_THAT(error({"sample", run(), "--prompt-tokens", ids}), HasSubstr("error: ")) << ids;
  EXPECT_THAT(error({"sample", run(), "--prompt-tokens", "1", "--prompt", "a"}),
              HasSubstr("error: "));
}

TEST_F(SampleProgram, SeveralSamplesAreThoseOfTheFollowingSeeds) {
  const auto one = [](const char* seed) { return sample({"--prompt", "a", "--seed", seed}); };
  EXPECT_EQ(sample({"--prompt", "a", "--seed", "3", "--samples", "2"}),
            "--- seed 3\n" + one("3") + "\n--- seed 4\n" + one("4"));
}

// Token files of llm.c bring no tokenizer: ids in, ids out.
TEST(SampleTokenFile, PromptsAndAnswersAreIds) {
  const data::TempDir temp;
  std::vector<int32_t> header(256, 0);
  header[0] = 20240520;
  header[1] = 1;
  header[2] = 400;
  std::string file(reinterpret_cast<const char*>(header.data()), 1024);
  for (int i = 0; i < 400; ++i) file += {static_cast<char>(i % 7), '\0'};
  write_file_atomic(temp / "x_train.bin", file);
  write_file_atomic(temp / "x_val.bin", file);
  const std::string out = temp / "run";
  const auto trained = run_program({"train",
                                    "tiny",
                                    "--data.path",
                                    temp / "x_train.bin",
                                    "--layers",
                                    "1",
                                    "--width",
                                    "8",
                                    "--heads",
                                    "1",
                                    "--context",
                                    "8",
                                    "--steps",
                                    "1",
                                    "--batch_tokens",
                                    "8",
                                    "--eval_tokens",
                                    "8",
                                    "--quiet",
                                    "--out",
                                    out});
  ASSERT_EQ(trained.status, 0) << trained.err;
  const auto text = run_program({"sample", out, "--prompt", "Once"});
  EXPECT_EQ(text.status, 2);
  EXPECT_THAT(text.err, HasSubstr("hint: prompt with token ids: --prompt-tokens 1,2,3"));
  const auto ids =
      run_program({"sample", out, "--prompt-tokens", "3,50256", "--tokens", "2", "--top-k", "1"});
  EXPECT_EQ(ids.status, 0) << ids.err;
  EXPECT_THAT(ids.out, MatchesRegex("3,50256,[0-9]+,[0-9]+\n"));
  const auto outside = run_program({"sample", out, "--prompt-tokens", "50257"});
  EXPECT_EQ(outside.status, 2);
  EXPECT_THAT(outside.err, HasSubstr("expected 0 to 50256"));
}

TEST_F(SampleProgram, TakesTheCheckpointAskedFor) {
  const auto text = [](const char* which) { return sample({"--checkpoint", which}); };
  EXPECT_EQ(text("last"), text("20"));
  EXPECT_EQ(text("best"), text("20")) << "the loss of so short a run only falls";
  EXPECT_NE(text("10"), text("20"));
  EXPECT_THAT(error({"sample", run(), "--checkpoint", "11"}), HasSubstr("10, 20"));
  EXPECT_THAT(error({"sample", run(), "--checkpoint", "first"}), HasSubstr("last, best or a step"));
}

TEST_F(SampleProgram, RefusesWhatMakesNoSense) {
  for (const auto& [option, value] :
       std::vector<std::pair<std::string, std::string>>{{"--temperature", "-1"},
                                                        {"--temperature", "nan"},
                                                        {"--temperature", "warm"},
                                                        {"--top-k", "-1"},
                                                        {"--top-p", "0"},
                                                        {"--top-p", "1.5"},
                                                        {"--tokens", "0"},
                                                        {"--tokens", "1e99"},
                                                        {"--seed", "-1"},
                                                        {"--prompt-file", "/absent"}}) {
    EXPECT_THAT(error({"sample", run(), option, value}), HasSubstr("error: ")) << option << value;
  }
  EXPECT_THAT(error({"sample", run(), "--prompt", "a", "--prompt-file", "b"}),
              HasSubstr("error: "));
  EXPECT_THAT(error({"sample", (*root_ / "absent").string()}), HasSubstr("no checkpoint"));
}

TEST_F(ExportProgram, WritesWhatIsReadBack) {
  const std::string out = (*root_ / "hf").string();
  const auto result = run_program({"export", run(), "--format", "hf", "--out", out});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(read_file(out + "/config.json"), HasSubstr("\"model_type\""));
  EXPECT_TRUE(fs::exists(out + "/model.safetensors"));
  EXPECT_THAT(error({"export", run(), "--format", "hf", "--out", out}), HasSubstr("already"));
  EXPECT_THAT(error({"export", run(), "--format", "gguf", "--out", out}), HasSubstr("hf"));
  EXPECT_THAT(error({"export", run(), "--format", "hf"}), HasSubstr("--out"));
}

}  // namespace
}  // namespace coldstart
