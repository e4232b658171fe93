#include "tests/e2e/page_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

bool is_fence(const std::string& line) {
  const size_t text = line.find_first_not_of(' ');
  return text != std::string::npos && line.compare(text, 3, "```") == 0;
}

void take_mark(PageBlock& block, const std::string& name, const std::string& value) {
  if (name == "not run") {
    block.not_run = value;
  } else if (name == "run with") {
    block.run_with.push_back(value);
  } else if (name == "ends with") {
    for (const std::string& word : words_of(value))
      block.ends_with.push_back(static_cast<int>(parse_int(word).value()));
  } else if (name == "before") {
    block.before = value + "\n" + block.before;  // marks are read from below
  } else if (name == "file") {
    block.file = value;
  } else if (name == "output") {
    block.is_output = true;
  } else {
    throw DataError(fmt::format("line {}", block.line), fmt::format("unknown mark '{}'", name),
                    "the marks are listed in tests/e2e/page_blocks.h");
  }
}

// The comments directly above a fence, from the nearest up.
void take_marks(PageBlock& block, const std::vector<std::string>& lines, size_t fence) {
  const std::regex mark(R"(\s*<!-- ([a-z ]+?)(?:: (.*?))? -->)");
  std::smatch parts;
  for (size_t i = fence; i > 0 && std::regex_match(lines[i - 1], parts, mark); --i)
    take_mark(block, parts[1], parts[2]);
}

std::string escaped(const std::string& text) {
  return std::regex_replace(text, std::regex(R"([.^$|()\[\]{}*+?\\-])"), R"(\$&)");
}

// One line with the options of one mark.
std::string with_options(std::string line, const std::string& verb,
                         const std::vector<std::string>& options) {
  const std::regex command(R"((^|[\s/])coldstart )" + escaped(verb) + R"((?=\s|$))");
  if (!std::regex_search(line, command)) return line;
  std::string added;
  for (size_t i = 0; i < options.size();) {
    const std::string& name = options[i++];
    const bool has_value = i < options.size() && !options[i].starts_with("--");
    const std::string value = has_value ? " " + options[i++] : "";
    const std::regex there("(\\s)" + escaped(name) + (has_value ? "[ =]\\S+" : "(?=\\s|$)"));
    if (std::regex_search(line, there)) {
      line = std::regex_replace(line, there, "$1" + name + value);
    } else {
      added += " " + name + value;
    }
  }
  return std::regex_replace(line, command, "$&" + added);
}

// Numbers as #, spaces as one.
std::string shape_of(const std::string& line) {
  static const std::regex number(R"([-+]?\d[\d.:]*(?:e[-+]?\d+)?[KMG]?)"), spaces(R"(\s+)");
  return std::regex_replace(std::regex_replace(line, number, "#"), spaces, " ");
}

}  // namespace

std::vector<PageBlock> page_blocks(const std::string& page) {
  const std::vector<std::string> lines = lines_of(page);
  std::vector<PageBlock> blocks;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!is_fence(lines[i])) continue;
    const size_t indent = lines[i].find('`');
    PageBlock block;
    block.line = static_cast<int>(i) + 1;
    block.language = lines[i].substr(indent + 3);
    take_marks(block, lines, i);
    for (++i; i < lines.size() && !is_fence(lines[i]); ++i)
      block.text += lines[i].substr(std::min(indent, lines[i].size())) + "\n";
    if (i == lines.size())
      throw DataError(fmt::format("line {}", block.line), "the block has no end",
                      "close the fence");
    blocks.push_back(std::move(block));
  }
  return blocks;
}

std::vector<std::string> commands_outside_of_blocks(const std::string& page) {
  static const std::regex command(
      R"(\s*(?:(?:build/)?coldstart [a-z]+ .*|build/\w+.*|(?:make|python3|pip|cmake|ctest|git) \S.*))");
  const std::vector<std::string> lines = lines_of(page);
  std::vector<bool> is_code;
  for (const std::string& line : lines) is_code.push_back(line.starts_with("    "));
  for (const PageBlock& block : page_blocks(page)) {
    const bool judged = block.language != "sh" && block.not_run.empty() && !block.is_output;
    const auto count = std::ranges::count(block.text, '\n');
    std::fill_n(is_code.begin() + block.line, count, judged);
  }
  std::vector<std::string> found;
  for (size_t i = 0; i < lines.size(); ++i)
    if (is_code[i] && std::regex_match(lines[i], command))
      found.push_back(fmt::format("{}: {}", i + 1, lines[i]));
  return found;
}

std::string commands_to_run(const PageBlock& block) {
  std::vector<std::string> lines = lines_of(block.text);
  for (const std::string& mark : block.run_with) {
    const size_t options = mark.find(" -");
    const std::string verb = mark.substr(0, options);
    bool changed = false;
    for (std::string& line : lines) {
      const std::string before = line;
      if (options != std::string::npos)
        line = with_options(line, verb, words_of(mark.substr(options)));
      changed = changed || line != before;
    }
    if (!changed)
      throw DataError(fmt::format("line {}", block.line),
                      fmt::format("the mark 'run with: {}' changes nothing", mark),
                      "VERB --option value, with a verb of the block");
  }
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::vector<std::string> lines_not_printed(const std::string& block, const std::string& printed) {
  const std::string there = shape_of(printed);
  std::vector<std::string> missing;
  for (const std::string& line : lines_of(block)) {
    const std::string begin = line.ends_with("...") ? line.substr(0, line.size() - 3) : line;
    const std::vector<std::string> words = words_of(shape_of(begin));
    if (there.find(fmt::format("{}", fmt::join(words, " "))) == std::string::npos)
      missing.push_back(line);
  }
  return missing;
}

}  // namespace coldstart
