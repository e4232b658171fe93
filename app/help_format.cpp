#include "app/help_format.h"

#include <fmt/format.h>

#include <sstream>

namespace coldstart::app {

namespace {

constexpr size_t kNameColumns = 30;
constexpr size_t kLineColumns = 100;

// name, then text in a column of its own, wrapped between words.
std::string two_columns(const std::string& name, const std::string& text) {
  std::string result = fmt::format("  {:<{}}", name, kNameColumns - 2);
  size_t column = result.size();
  if (name.size() + 4 > kNameColumns) {  // no room for a gap
    result += fmt::format("\n{:{}}", "", kNameColumns);
    column = kNameColumns;
  }
  std::istringstream words(text);
  bool first = true;
  for (std::string word; words >> word; first = false) {
    if (!first && column + 1 + word.size() > kLineColumns) {
      result += fmt::format("\n{:{}}", "", kNameColumns);
      column = kNameColumns;
    } else if (!first) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result + "\n";
}

}  // namespace

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  if (is_positional) return two_columns(option->get_name(true), option->get_description());
  std::string name;
  for (const std::string& letter : option->get_snames()) name += fmt::format("-{}, ", letter);
  // Longer spellings of the same option are understood, but not listed.
  name += "--" + option->get_lnames().front();
  if (option->get_items_expected_max() > 0) name += " " + option->get_type_name();
  return two_columns(name, option->get_description());
}

std::string HelpFormatter::make_group(std::string group, bool is_positional,
                                      std::vector<const CLI::Option*> options) const {
  std::string result = fmt::format("\n{}:\n", group);
  for (const CLI::Option* option : options) result += make_option(option, is_positional);
  return result;
}

std::string HelpFormatter::make_subcommand(const CLI::App* verb) const {
  return two_columns(verb->get_name(), verb->get_description());
}

}  // namespace coldstart::app
