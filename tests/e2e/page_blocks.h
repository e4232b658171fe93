// The fenced blocks of a Markdown page, and the marks that say how a test runs them.
//
// A block in `sh` is commands, one in `python` a program. A mark is an HTML comment on a line of
// its own, directly above the fence:
//
//   <!-- not run: REASON -->                it takes too long, or needs what a test machine lacks
//   <!-- run with: VERB --option value -->  these options in every `coldstart VERB` of the block,
//   so
//                                           that what takes hours is run for seconds
//   <!-- ends with: 3 4 -->                 exit statuses that a command of it may have beside 0
//   <!-- before: COMMANDS -->               makes what the reader has and the test does not
//   <!-- file: NAME -->                     the block is this file of the page's directory
//   <!-- output -->                         the block was printed by the commands above it
//
// Tests: tests/e2e/page_blocks_test.cpp; used by docs_commands_test.cpp.
#pragma once

#include <string>
#include <vector>

namespace coldstart {

struct PageBlock {
  int line = 0;  // of the fence, from 1
  std::string language, text;
  std::string not_run, before, file;
  std::vector<std::string> run_with;
  std::vector<int> ends_with;
  bool is_output = false;

  bool has_commands() const { return language == "sh" || language == "python"; }
  bool is_run() const { return has_commands() && not_run.empty(); }
};

// Throws DataError at a mark that is none of these, or at a fence without an end.
std::vector<PageBlock> page_blocks(const std::string& page);

// Lines of code that read as commands of this project and stand neither in an `sh` block nor in one
// that is marked as output or as not run, as "LINE: TEXT".
std::vector<std::string> commands_outside_of_blocks(const std::string& page);

// The text of the block with the options of its `run with` marks: one that stands there already
// gets the mark's value, another one comes behind the verb. DataError when a mark changes nothing.
std::string commands_to_run(const PageBlock& block);

// Lines of an output block that are not in what was printed. Numbers and spaces may differ, because
// they do between machines; "..." stands for the rest of a line, or for lines.
std::vector<std::string> lines_not_printed(const std::string& block, const std::string& printed);

}  // namespace coldstart
