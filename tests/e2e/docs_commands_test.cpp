// Every command block of the documents is run as it is printed: the blocks of a page in their
// order, in one empty directory, with the built program as `coldstart` and `build/coldstart`. The
// marks of tests/e2e/page_blocks.h say what is shortened or left out, and why.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/page_blocks.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;

// Paths from the root of the checkout.
std::vector<std::string> documents() {
  std::vector<std::string> pages = {"README.md", "CONTRIBUTING.md", "examples/README.md"};
  for (const auto& entry : fs::directory_iterator(source_dir() / "docs")) {
    if (entry.path().extension() == ".md")
      pages.push_back("docs/" + entry.path().filename().string());
  }
  std::ranges::sort(pages);
  return pages;
}

std::vector<PageBlock> blocks_of(const std::string& page) {
  return page_blocks(read_file(source_dir() / page));
}

std::vector<std::string> documents_with_commands() {
  std::vector<std::string> pages = documents();
  std::erase_if(pages, [](const std::string& page) {
    return std::ranges::none_of(blocks_of(page), &PageBlock::is_run);
  });
  return pages;
}

// Bash ends at the first command whose status is not allowed, and names it.
std::string script_of(const PageBlock& block, const fs::path& directory) {
  std::string allowed = "0";
  for (const int status : block.ends_with) allowed += fmt::format("|{}", status);
  const std::string commands = block.language == "python"
                                   ? "python3 - <<'END_OF_BLOCK'\n" + block.text + "END_OF_BLOCK\n"
                                   : commands_to_run(block);
  return fmt::format(
      "set -o pipefail\n"
      "trap 'status=$?; case $status in {}) ;; *) echo \"$BASH_COMMAND: exit status $status\" >&2; "
      "exit $status;; esac' ERR\n"
      "export PATH=\"{}:$PATH\"\n{}{}true\n",
      allowed, (directory / "build").string(), block.before, commands);
}

// What a reader's checkout has.
void make_checkout(const fs::path& directory) {
  fs::create_directory(directory / "build");
  fs::create_symlink(program_path(), directory / "build/coldstart");
  for (const char* room : {"docs", "examples", "presets", "studies"})
    fs::copy(source_dir() / room, directory / room, fs::copy_options::recursive);
}

class SlowDocsCommands : public testing::TestWithParam<std::string> {};

TEST_P(SlowDocsCommands, AreTrue) {
  const data::TempDir temp;
  make_checkout(temp.path());
  int run = 0, not_run = 0;
  std::string printed;  // by the last block of commands
  for (const PageBlock& block : blocks_of(GetParam())) {
    const std::string where = fmt::format("{}:{}", GetParam(), block.line);
    if (!block.file.empty()) write_file_atomic(temp / block.file, block.text);
    if (block.has_commands() && !block.is_run()) {
      ++not_run;
      fmt::print("{} is not run: {}\n", where, block.not_run);
    }
    if (block.is_output) {
      for (const std::string& line : lines_not_printed(block.text, printed))
        ADD_FAILURE() << where << ": the commands do not print\n" << line << "\nbut\n" << printed;
    }
    if (!block.is_run()) continue;
    const ProgramResult result =
        run_command({"bash", "-c", script_of(block, temp.path())}, temp.path());
    ASSERT_EQ(result.status, 0) << where << "\n" << result.out << result.err;
    printed = result.out;
    ++run;
  }
  fmt::print("{}: {} blocks run, {} not run\n", GetParam(), run, not_run);
}

INSTANTIATE_TEST_SUITE_P(Pages, SlowDocsCommands, testing::ValuesIn(documents_with_commands()),
                         [](const auto& page) {
                           std::string name = page.param.substr(0, page.param.rfind('.'));
                           std::ranges::replace(name, '/', '_');
                           return name;
                         });

TEST(DocsCommands, StandInBlocksThatAreRun) {
  for (const std::string& page : documents()) {
    for (const std::string& line : commands_outside_of_blocks(read_file(source_dir() / page)))
      ADD_FAILURE() << page << ":" << line << "\nno test runs it: put it into a block of ```sh";
  }
}

TEST(DocsCommands, AreLeftOutForAReason) {
  int run = 0, not_run = 0;
  for (const std::string& page : documents()) {
    for (const PageBlock& block : blocks_of(page)) {
      if (block.is_run()) ++run;
      if (block.not_run.empty() || !block.has_commands()) continue;
      ++not_run;
      EXPECT_GT(block.not_run.size(), 10u) << page << ":" << block.line << " gives no reason";
      fmt::print("{}:{} is not run: {}\n", page, block.line, block.not_run);
    }
  }
  fmt::print("{} blocks are run, {} are not\n", run, not_run);
  EXPECT_GT(run, 2 * not_run);
}

}  // namespace
}  // namespace coldstart
