#include "coldstart/study/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/study/split_command.h"
#include "tests/data/temp_dir.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

Spec spec_of(std::vector<std::string> command, const std::string& more = "") {
  Spec spec = parse_spec(
      "goal = \"g\"\ncommand = [\"x\"]\nmax_steps = 100\npoints = 2\n" + more +
          "[[space]]\nname = \"lr\"\nrole = \"nuisance\"\nscale = \"log\"\nrange = [1e-4, 1e-2]\n"
          "[[space]]\nname = \"adam.beta1\"\nrole = \"fixed\"\nvalue = 0.9\n",
      "s.toml");
  spec.command = std::move(command);
  return spec;
}

std::string refusal(const Spec& spec) {
  try {
    check_command(spec);
  } catch (const ConfigError& error) {
    return error.message();
  }
  return "accepted";
}

TEST(Command, FillsInEachPlaceholder) {
  const Spec spec = spec_of({"train", "--lr={lr}", "{adam.beta1}", "{max_steps}", "{trial_dir}/x",
                             "{config}", "{seed_init}{seed_data}", "{resume_from}", "{{not one}}"});
  check_command(spec);
  EXPECT_EQ(command_of(spec, {{"lr", "0.001; rm -rf $HOME"}, {"adam.beta1", "0.9"}}, 7,
                       {.trial_dir = "/t/0001", .resume_from = {}}),
            (std::vector<std::string>{"train", "--lr=0.001; rm -rf $HOME", "0.9", "100",
                                      "/t/0001/x", "/t/0001/config.toml", "77", "", "{not one}"}));
}

TEST(Command, TheScheduleIsTheirs) {
  const Spec spec =
      spec_of({"train", "{lr}", "{warmup_steps}", "{schedule}"}, "[schedule]\nwarmup = \"5%\"\n");
  check_command(spec);
  const auto words = command_of(spec, {{"lr", "0.01"}}, 1, {.trial_dir = "/t", .resume_from = {}});
  EXPECT_EQ(words[2], "5");
  EXPECT_EQ(words[3], "/t/schedule.csv");
  EXPECT_DOUBLE_EQ(schedule_of(spec, {{"lr", "0.01"}})->base, 0.01);
  EXPECT_EQ(schedule_of(spec, {{"lr", "0.01"}})->total(), 100);
}

TEST(Command, WhatIsWrongIsSaidBeforeTheFirstLaunch) {
  EXPECT_THAT(refusal(spec_of({"x", "{lr}", "{max_step}"})),
              HasSubstr("did you mean {max_steps}?"));
  EXPECT_THAT(refusal(spec_of({"x", "{qqqqqqqqqqq}"})), HasSubstr("expected one of trial_dir"));
  EXPECT_THAT(refusal(spec_of({"x"})), HasSubstr("'lr' varies, and the command does not use it"));
  EXPECT_EQ(refusal(spec_of({"x", "{config}"})), "accepted");
  EXPECT_THAT(refusal(spec_of({"x", "{lr}"}, "seeds = 2\n")), HasSubstr("several seeds"));
  EXPECT_EQ(refusal(spec_of({"x", "{lr}", "{seed_data}"}, "seeds = 2\n")), "accepted");
  EXPECT_THAT(refusal(spec_of({"x", "{lr}", "{warmup_steps}"})), HasSubstr("need a schedule"));
  EXPECT_THAT(refusal(spec_of({"x", "{lr"})), HasSubstr("not closed"));
}

TEST(Command, IsSplitWithoutAShell) {
  EXPECT_EQ(split_command("a  'b c' \"d e\" f\\ g $HOME * ''", "w"),
            (std::vector<std::string>{"a", "b c", "d e", "f g", "$HOME", "*", ""}));
  EXPECT_THROW(split_command("a 'b", "w"), ConfigError);
}

TEST(Command, ItsFilesAreFoundFromTheTrialsDirectory) {
  const data::TempDir temp;
  write_file_atomic(temp / "train.py", "");
  std::vector<std::string> command = {"train.py", "train.py", "other.py", "{lr}", "/abs"};
  make_paths_absolute(command, temp.path());
  EXPECT_EQ(command, (std::vector<std::string>{"train.py", (temp / "train.py").string(), "other.py",
                                               "{lr}", "/abs"}));
  command = {"./train.py"};
  make_paths_absolute(command, temp.path());
  EXPECT_EQ(command.front(), (temp / "train.py").string());
}

}  // namespace
}  // namespace coldstart::study
