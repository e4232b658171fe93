#include "coldstart/plan/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/plan/rules_page.h"
#include "tests/test_paths.h"

namespace coldstart::plan {
namespace {

using testing::HasSubstr;

// "Suite.Name" of every test in tests/, from its source.
std::set<std::string> tests_in_source() {
  const std::regex test(R"(\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\))");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_dir() / "tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read_file(entry.path());
    for (std::sregex_iterator found(text.begin(), text.end(), test), end; found != end; ++found)
      names.insert(found->str(1) + "." + found->str(2));
  }
  return names;
}

TEST(Rules, TheTestOfEveryRowExists) {
  const auto names = tests_in_source();
  ASSERT_GT(names.size(), 500u);
  for (const Rule& rule : rules()) {
    if (rule.test == kPending) continue;
    if (rule.test == kNotApplicable) {
      EXPECT_FALSE(rule.note.empty()) << rule.id << " does not say why it does not apply";
      continue;
    }
    EXPECT_TRUE(names.contains(std::string(rule.test))) << rule.id << ": no test " << rule.test;
  }
}

TEST(Rules, AreAllThereOnce) {
  std::set<std::string_view> ids;
  for (const Rule& rule : rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id << " twice";
    EXPECT_FALSE(rule.text.empty()) << rule.id;
    EXPECT_FALSE(rule.source.empty()) << rule.id;
    EXPECT_FALSE(rule.test.empty()) << rule.id;
  }
  const std::vector<std::pair<std::string, int>> groups = {
      {"TD", 15}, {"LS", 6}, {"CB", 7}, {"R1", 6}, {"R2", 2}, {"SX", 5},  {"CK", 4},
      {"EV", 8},  {"ME", 2}, {"TR", 1}, {"MH", 1}, {"IP", 1}, {"SD", 11}, {"AD", 3},
      {"AX", 1},  {"SB", 4}, {"CU", 7}, {"IS", 3}, {"ST", 9}, {"WU", 7},  {"GC", 4},
      {"BS", 8},  {"IC", 2}, {"QR", 4}, {"AM", 1}, {"SC", 2}, {"BN", 1}};
  for (const auto& [group, count] : groups) {
    for (int i = 1; i <= count; ++i) {
      const std::string id = group + (i < 10 ? "-0" : "-") + std::to_string(i);
      EXPECT_NE(find_rule(id), nullptr) << id;
    }
  }
}

// A row of the playbook names its lines; a code or a label names a row.
TEST(Rules, SourcesAreLinesOrRows) {
  const std::regex lines(R"(L\d+(-\d+)?(, L\d+(-\d+)?)*(, Fig\. \w+)?)");
  const std::regex rows(R"([A-Z][A-Z0-9]-\d\d(, [A-Z][A-Z0-9]-\d\d)*)");
  for (const Rule& rule : rules()) {
    const std::string source(rule.source);
    const bool row = kind_of(rule) == RuleKind::rule;
    EXPECT_TRUE(std::regex_match(source, row ? lines : rows)) << rule.id << ": " << source;
    if (row) continue;
    EXPECT_NE(find_rule(source.substr(0, 5)), nullptr) << rule.id;
  }
}

// A word in capitals that plan/ gives as a label or a code has its row.
TEST(Rules, EveryCodeThatIsGivenHasARow) {
  const std::regex code(R"delim("((?:E|W)-[A-Z]+(?:-[A-Z]+)*)[":])delim");
  const std::regex label(R"delim(label = "([A-Z_]+)")delim");
  size_t seen = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(source_dir() / "src/coldstart/plan")) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".cpp" || name.starts_with("rules")) continue;
    const std::string text = read_file(entry.path());
    for (const std::regex& pattern : {code, label})
      for (std::sregex_iterator found(text.begin(), text.end(), pattern), end; found != end;
           ++found, ++seen)
        EXPECT_NE(find_rule(found->str(1)), nullptr) << name << " gives " << found->str(1);
  }
  EXPECT_GT(seen, 40u);
}

TEST(Rules, ExplainPrintsOneAndGuessesATypo) {
  EXPECT_EQ(explain("TD-12"), explain("td-12"));
  EXPECT_THAT(explain("TD-12"), HasSubstr("L1200-1202"));
  EXPECT_THAT(explain("TD-12"), HasSubstr("BestStep.TD12_"));
  EXPECT_THAT(explain("W-STINGY"), HasSubstr("our default, not from the playbook"));
  EXPECT_THAT(explain("BN-01"), HasSubstr("not applicable"));
  try {
    explain("W-STINGGY");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.hint(), HasSubstr("W-STINGY"));
  }
}

TEST(Rules, TheCommittedPageIsTheGeneratedOne) {
  EXPECT_EQ(read_file(source_dir() / "docs/rules.md"), rules_page())
      << "run: coldstart docs rules > docs/rules.md";
}

}  // namespace
}  // namespace coldstart::plan
