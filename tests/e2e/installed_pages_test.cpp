// The manual page and the completions, used as a shell uses them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

using testing::HasSubstr;
using testing::Not;

// What bash offers after these words; the last one is being typed.
std::string bash_offers(const std::string& words, int last) {
  const std::string command = fmt::format(
      "bash -c 'source <(\"{}\" docs completion bash); COMP_WORDS=({}); COMP_CWORD={}; _coldstart; "
      "echo \"${{COMPREPLY[*]}}\"'",
      program_path().string(), words, last);
  std::FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> text{};
  const size_t n = std::fread(text.data(), 1, text.size(), pipe);
  pclose(pipe);
  return std::string(text.data(), n);
}

TEST(InstalledPages, BashCompletesVerbsAndOptions) {
  EXPECT_EQ(bash_offers("coldstart tra", 1), "train trace\n");
  EXPECT_EQ(bash_offers("coldstart data pre", 2), "prepare\n");
  EXPECT_EQ(bash_offers("coldstart data prepare texts --tok", 4), "--tokenizer\n");
  EXPECT_EQ(bash_offers("coldstart train demo --resu", 3), "--resume\n");
  EXPECT_EQ(bash_offers("coldstart train --context", 2), "--context\n");
}

TEST(InstalledPages, TheManualHasEveryVerbAndExitStatus) {
  const std::string page = run_program({"docs", "man"}).out;
  for (const char* part :
       {".TH COLDSTART 1", ".SS \\fBcoldstart train\\fR", ".SS \\fBcoldstart data prepare\\fR",
        "\\fB\\-\\-resume\\fR", ".SH EXIT STATUS", "a bug in coldstart"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(page, Not(HasSubstr("coldstart docs"))) << "hidden";
}

TEST(InstalledPages, FishKnowsTheWordsOfAVerb) {
  EXPECT_THAT(run_program({"docs", "completion", "fish"}).out,
              HasSubstr("-n '__fish_seen_subcommand_from data; and __fish_seen_subcommand_from "
                        "prepare' -l tokenizer -d "));
  EXPECT_THAT(run_program({"docs", "completion", "zsh"}).out, HasSubstr("#compdef coldstart\n"));
  EXPECT_EQ(run_program({"docs", "completion", "tcsh"}).status, 2);
}

}  // namespace
}  // namespace coldstart
