// The help of every verb: on a screen, with an example, and the example is one that can be typed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/run_program.h"

namespace coldstart {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
  std::istringstream in(text);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// All verbs, as the manual page has them: {"train"}, {"data", "prepare"}, ...
std::vector<Words> verbs() {
  static const std::regex section(R"(\.SS \\fBcoldstart ([a-z ]+)\\fR)");
  const std::string page = run_program({"docs", "man"}).out;
  std::vector<Words> found;
  for (std::sregex_iterator match(page.begin(), page.end(), section), end; match != end; ++match)
    found.push_back(words_of((*match)[1].str()));
  return found;
}

std::string help_of(Words verb, const char* flag = "--help") {
  verb.emplace_back(flag);
  const ProgramResult help = run_program(verb);
  EXPECT_EQ(help.status, 0) << fmt::format("{}", fmt::join(verb, " ")) << help.err;
  return help.out;
}

// Lines under "Example:" or "Examples:", with those that go on after a backslash.
std::vector<Words> examples_in(const std::string& help) {
  std::istringstream lines(std::regex_replace(help, std::regex(R"(\\\n)"), " "));
  std::vector<Words> examples;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  coldstart ")) examples.push_back(words_of(line));
  return examples;
}

// The verb that an example begins with, of all verbs; empty when there is none.
Words verb_of(const Words& example, const std::vector<Words>& all) {
  Words best;
  for (const Words& verb : all) {
    const bool begins =
        example.size() > verb.size() && std::equal(verb.begin(), verb.end(), example.begin() + 1);
    if (begins && verb.size() > best.size()) best = verb;
  }
  return best;
}

size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
  return most;
}

// A terminal of 80 x 24, and an example of this very verb.
TEST(Help, OfEveryStepsVerbFitsTheSmallestScreenWithItsOwnExample) {
  const std::vector<Words> all = verbs();
  int seen = 0;
  for (const Words& verb : all) {
    if (verb.front() != "steps") continue;
    ++seen;
    const std::string help = help_of(verb), name = fmt::format("{}", fmt::join(verb, " "));
    EXPECT_LE(std::ranges::count(help, '\n'), 24) << name << "\n" << help;
    EXPECT_LE(longest_line(help), 80u) << name << "\n" << help;
    const auto examples = examples_in(help);
    EXPECT_TRUE(std::ranges::any_of(
        examples,
        [&](const Words& example) { return verb.size() == 1 || verb_of(example, all) == verb; }))
        << name << "\n"
        << help;
  }
  EXPECT_GE(seen, 11);
}

TEST(Help, OfEveryVerbFitsAScreenAndShowsAnExample) {
  const std::vector<Words> all = verbs();
  ASSERT_GT(all.size(), 35u);
  for (const Words& verb : all) {
    const std::string help = help_of(verb), name = fmt::format("{}", fmt::join(verb, " "));
    EXPECT_LE(std::count(help.begin(), help.end(), '\n'), 40) << name << "\n" << help;
    EXPECT_LE(longest_line(help), 100u) << name << "\n" << help;
    EXPECT_THAT(help, HasSubstr("Example")) << name;
    EXPECT_FALSE(examples_in(help).empty()) << name << "\n" << help;
  }
}

// A verb that is named, and options that it has. The last word of an option is enough: --lr stands
// for --optimizer.lr.
TEST(Help, ExamplesUseVerbsAndOptionsThatExist) {
  const std::vector<Words> all = verbs();
  for (const Words& verb : all) {
    for (const Words& example : examples_in(help_of(verb))) {
      const std::string text = fmt::format("{}", fmt::join(example, " "));
      const Words used = verb_of(example, all);
      ASSERT_FALSE(used.empty()) << text;
      const std::string options = help_of(used, "--help-all");
      for (std::string word : example) {
        if (!word.starts_with("--")) continue;
        word = "--" + word.substr(std::max<size_t>(word.rfind('.') + 1, 2));
        EXPECT_TRUE(std::regex_search(options, std::regex(" " + word + "[ \n]")))
            << word << " in: " << text;
      }
    }
  }
}

}  // namespace
}  // namespace coldstart
