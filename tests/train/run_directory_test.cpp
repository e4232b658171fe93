#include "coldstart/train/run_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"

namespace coldstart::train {
namespace {

using testing::HasSubstr;

TEST(RunDirectory, HoldsOneRunForEver) {
  const data::TempDir temp;
  const auto path = temp / "run";
  { RunDirectory::create(path, "a = 1\n", "{}\n"); }
  EXPECT_TRUE(RunDirectory::holds_run(path));
  EXPECT_THROW(RunDirectory::create(path, "a = 2\n", "{}\n"), ConfigError);
  EXPECT_EQ(read_file(path / "config.toml"), "a = 1\n");
  EXPECT_EQ(free_run_directory(path), temp / "run-2");
  EXPECT_EQ(free_run_directory(temp / "other"), temp / "other");
}

// `coldstart demo` leaves runs/demo, and `coldstart train demo` would be named the same.
TEST(RunDirectory, IsNoneThatAnotherVerbMade) {
  for (const char* made : {"study.toml", "journal.jsonl"}) {
    const data::TempDir temp;
    make_directories(temp / "demo");
    write_file_atomic(temp / "demo" / made, "");
    EXPECT_THROW(RunDirectory::create(temp / "demo", "a = 1\n", "{}\n"), ConfigError) << made;
    EXPECT_FALSE(std::filesystem::exists(temp / "demo/config.toml")) << made;
    EXPECT_EQ(free_run_directory(temp / "demo"), temp / "demo-2") << made;
  }
}

TEST(RunDirectory, IsOwnedByOneProcessAtATime) {
  const data::TempDir temp;
  {
    const RunDirectory owner = RunDirectory::create(temp / "run", "", "{}");
    EXPECT_THROW(RunDirectory::open(temp / "run"), ResourceError);
  }
  EXPECT_NO_THROW(RunDirectory::open(temp / "run"));
}

TEST(RunDirectory, SaysHowTheRunStands) {
  const data::TempDir temp;
  const RunDirectory run = RunDirectory::create(temp / "run", "", "{}");
  run.write_status({.state = "running", .step = 7, .total_steps = 9, .reason = ""});
  const std::string status = read_file(temp / "run/status.json");
  EXPECT_THAT(status, HasSubstr("\"running\""));
  EXPECT_THAT(status, HasSubstr("\"step\": 7"));
}

TEST(RunDirectory, OpensOnlyRuns) {
  const data::TempDir temp;
  EXPECT_THROW(RunDirectory::open(temp.path()), ConfigError);
}

}  // namespace
}  // namespace coldstart::train
