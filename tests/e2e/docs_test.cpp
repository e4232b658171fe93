// What the documents point at exists: files they link to, tests they name as proof.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "coldstart/core/exit_status.h"
#include "coldstart/core/files.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> documents() {
  std::vector<fs::path> pages = {source_dir() / "README.md", source_dir() / "CONTRIBUTING.md"};
  for (const auto& entry : fs::directory_iterator(source_dir() / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  return pages;
}

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end;
       ++match) {
    found.push_back((*match)[1].str());
  }
  return found;
}

// "Suite.Name" of every test in tests/, whatever the macro it is made with.
std::set<std::string> test_names() {
  std::set<std::string> names;
  const std::regex macro(R"(TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  for (const auto& entry : fs::recursive_directory_iterator(source_dir() / "tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read_file(entry.path());
    for (std::sregex_iterator match(text.begin(), text.end(), macro), end; match != end; ++match) {
      names.insert(fmt::format("{}.{}", (*match)[1].str(), (*match)[2].str()));
    }
  }
  return names;
}

TEST(Docs, LinksLeadToFiles) {
  for (const fs::path& page : documents()) {
    for (const std::string& link : matches(read_file(page), R"(\]\(([^)#\s:]+)(?:#[^)]*)?\))")) {
      EXPECT_TRUE(fs::exists(page.parent_path() / link)) << page << " links to " << link;
    }
  }
}

TEST(Docs, EveryPageIsReachedFromAnother) {
  std::set<fs::path> linked;
  for (const fs::path& page : documents()) {
    for (const std::string& link : matches(read_file(page), R"(\]\(([^)#\s:]+)(?:#[^)]*)?\))")) {
      const fs::path target = fs::weakly_canonical(page.parent_path() / link);
      if (target != fs::weakly_canonical(page)) linked.insert(target);
    }
  }
  for (const fs::path& page : documents()) {
    if (page.filename() == "README.md") continue;
    EXPECT_TRUE(linked.contains(fs::weakly_canonical(page))) << "nothing links to " << page;
  }
}

TEST(Docs, TestsThatAreNamedExist) {
  const std::set<std::string> names = test_names();
  ASSERT_GT(names.size(), 500u);
  size_t seen = 0;
  const std::string page = read_file(source_dir() / "docs/determinism.md");
  for (const std::string& name : matches(page, R"(`([A-Z]\w+\.[A-Z]\w+)`)")) {
    ++seen;
    EXPECT_TRUE(names.contains(name)) << "docs/determinism.md names " << name;
  }
  EXPECT_GT(seen, 8u);
}

TEST(Docs, ThePageOfExitStatusesHasAllOfThem) {
  const std::string page = read_file(source_dir() / "docs/exit_status.md");
  for (const ExitStatus& status : kExitStatuses) {
    const std::string row = fmt::format("| {} | {} |\n", status.value, status.meaning);
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace coldstart
