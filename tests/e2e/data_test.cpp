// `coldstart data` as a user types it: what it writes and prints, and what bad input gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"

namespace coldstart {
namespace {

using data::TempDir;
using testing::HasSubstr;

// Exit status 2, a message and a hint, nothing on stdout.
void expect_refused(const std::vector<std::string>& arguments, const std::string& message) {
  const ProgramResult result = run_program(arguments);
  EXPECT_EQ(result.status, 2) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("error: ["));
  EXPECT_THAT(result.err, HasSubstr(message));
}

TEST(DataVerb, PreparesAndShows) {
  const TempDir directory;
  const std::string out = directory / "d";
  const ProgramResult prepared = run_program(
      {"data", "prepare", "builtin:stories", "--bytes", "50000", "--tokenizer", "sentencepiece",
       "--vocab-size", "400", "--model-type", "unigram", "--out", out});
  EXPECT_EQ(prepared.status, 0) << prepared.err;
  EXPECT_EQ(prepared.err, "") << "the tokenizer's library must not talk";
  EXPECT_THAT(prepared.out, HasSubstr("sentencepiece tokenizer, vocabulary 400"));

  const ProgramResult info = run_program({"data", "info", out});
  EXPECT_EQ(info.status, 0) << info.err;
  EXPECT_THAT(info.out, HasSubstr("builtin:stories"));
  const auto json = nlohmann::json::parse(run_program({"data", "info", out, "--json"}).out);
  EXPECT_EQ(json["vocab_size"], 400);
  EXPECT_EQ(json["shards"].size(), 2u);
}

TEST(DataVerb, RefusesBadInput) {
  const TempDir directory;
  const std::string out = directory / "d", text = directory / "text.txt";
  write_file_atomic(text, "x");
  expect_refused({"data", "prepare", (directory / "missing").string(), "--out", out},
                 "no such file");
  expect_refused({"data", "prepare", "builtin:header", "--out", out},
                 "did you mean builtin:headers?");
  expect_refused({"data", "prepare", text, "--out", out}, "too short");
  expect_refused(
      {"data", "prepare", "builtin:stories", "--out", out, "--tokenizer", "sentencepeice"},
      "did you mean 'sentencepiece'?");
  expect_refused({"data", "info", text}, "no token shard");
  expect_refused({"data", "info", directory.path().string()}, "no prepared dataset");
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(DataVerb, RefusesNumbersThatAreNone) {
  const TempDir directory;
  const std::string out = directory / "d";
  const std::pair<const char*, const char*> bad[] = {
      {"--bytes", "10x"},        {"--bytes", ""},
      {"--bytes", "1e99"},       {"--seed", "-1"},
      {"--seed", "1.5"},         {"--val-fraction", "0,1"},
      {"--val-fraction", "nan"}, {"--val-fraction", "2"},
      {"--block-bytes", "-5"},   {"--vocab-size", "99999999999999999999"}};
  for (const auto& [flag, value] : bad) {
    SCOPED_TRACE(std::string(flag) + " " + value);
    expect_refused({"data", "prepare", "builtin:stories", "--out", out, flag, value}, "");
  }
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(DataVerb, DoesNotReplaceADatasetUnasked) {
  const TempDir directory;
  const std::string out = directory / "d";
  const std::vector<std::string> command = {
      "data", "prepare", "builtin:stories", "--bytes", "20000", "--out", out};
  EXPECT_EQ(run_program(command).status, 0);
  expect_refused(command, "already holds a dataset");
  std::vector<std::string> forced = command;
  forced.push_back("--force");
  EXPECT_EQ(run_program(forced).status, 0);
}

}  // namespace
}  // namespace coldstart
