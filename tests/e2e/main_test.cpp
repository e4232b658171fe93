// What the program says to --help, --version and to command lines that it cannot use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "coldstart/core/files.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Main, HelpFitsAScreenAndShowsExamples) {
  const ProgramResult help = run_program({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.err, IsEmpty());
  EXPECT_THAT(help.out, HasSubstr("coldstart train demo"));
  EXPECT_LE(std::count(help.out.begin(), help.out.end(), '\n'), 40);
  for (size_t begin = 0, end; (end = help.out.find('\n', begin)) != std::string::npos;
       begin = end + 1)
    EXPECT_LE(end - begin, 100u) << help.out.substr(begin, end - begin);
  EXPECT_EQ(run_program({}).out, help.out) << "no argument is a question";
}

TEST(Main, SaysItsVersion) {
  const ProgramResult version = run_program({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.out, testing::MatchesRegex("coldstart [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Main, AnUnknownVerbIsAnErrorThatNamesTheNearest) {
  const ProgramResult result = run_program({"tarce", "step"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_EQ(result.err,
            "error: [command line] there is no verb 'tarce'\nhint: did you mean 'trace'?\n");
  EXPECT_THAT(run_program({"qqqqqqqqqq"}).err, HasSubstr("hint: see coldstart --help"));
  EXPECT_THAT(run_program({"data", "perpare"}).err, HasSubstr("did you mean 'prepare'?"));
}

TEST(Main, AnUnknownOptionIsAnErrorThatNamesTheNearest) {
  EXPECT_EQ(run_program({"--versoin"}).err,
            "error: [command line] coldstart has no option '--versoin'\n"
            "hint: did you mean '--version'?\n");
  const ProgramResult result = run_program({"data", "prepare", "x", "--tokeniser=bytes"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err,
            "error: [command line] coldstart data prepare has no option '--tokeniser'\n"
            "hint: did you mean '--tokenizer'?\n");
}

TEST(Main, PrintsTheCommittedPageOfOptions) {
  EXPECT_EQ(run_program({"docs", "options"}).out, read_file(source_dir() / "docs/options.md"));
}

}  // namespace
}  // namespace coldstart
