#include "app/help_format.h"

#include <fmt/ranges.h>

#include <sstream>
#include <utility>
#include <vector>

namespace coldstart::app {

namespace {

constexpr size_t kNameColumns = 26, kTableColumns = 14;
constexpr size_t kTablesWithNames = 3;  // more of them are named alone
constexpr size_t kLineColumns = 80;
constexpr const char* kMainGroup = "Options";  // what CLI11 calls it

// name, then text in a column of its own, wrapped between words.
std::string two_columns(const std::string& name, const std::string& text,
                        size_t name_columns = kNameColumns) {
  std::string result = fmt::format("  {:<{}}", name, name_columns - 2);
  size_t column = result.size();
  if (name.size() + 4 > name_columns && name.size() + 4 + text.size() <= kLineColumns) {
    result += "  ";  // both fit on the line all the same
    column = result.size();
  } else if (name.size() + 4 > name_columns) {  // no room for a gap
    result += fmt::format("\n{:{}}", "", name_columns);
    column = name_columns;
  }
  std::istringstream words(text);
  bool first = true;
  for (std::string word; words >> word; first = false) {
    if (!first && column + 1 + word.size() > kLineColumns) {
      result += fmt::format("\n{:{}}", "", name_columns);
      column = name_columns;
    } else if (!first) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result + "\n";
}

bool is_table(const std::string& group) { return group.starts_with("["); }

std::vector<const CLI::Option*> options_of(const CLI::App& app, const std::string& group) {
  return app.get_options([&](const CLI::Option* option) {
    return option->get_group() == group && option->nonpositional();
  });
}

// The tables of a configuration have too many options for a screen: --help names them, --help-all
// says what each does.
std::string tables_of(const CLI::App& app) {
  std::vector<std::string> tables = app.get_groups();
  std::erase_if(tables, [](const std::string& group) { return !is_table(group); });
  if (tables.empty()) return "";
  std::string text = "\nMore options, as --NAME VALUE (--help-all says what each does):\n";
  if (tables.size() > kTablesWithNames)
    return text + two_columns("in the tables", fmt::format("{}", fmt::join(tables, " ")),
                              kTableColumns + 3);
  for (const std::string& table : tables) {
    std::string names;
    for (const CLI::Option* option : options_of(app, table))
      names += option->get_lnames().front() + " ";
    text += two_columns(table, names, kTableColumns);
  }
  return text;
}

bool asks_for_help(const CLI::App& app, const CLI::Option& option) {
  return &option == app.get_help_ptr() || &option == app.get_help_all_ptr();
}

}  // namespace

std::string value_name(const CLI::Option& option) {
  const std::string name = option.get_type_name();
  const size_t check = name.find(':'), choices = name.find(":{");
  return choices == std::string::npos ? name.substr(0, check) : name.substr(choices + 1);
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  if (is_positional) return two_columns(option->get_name(true), option->get_description());
  std::string name;
  for (const std::string& letter : option->get_snames()) name += fmt::format("-{}, ", letter);
  // Longer spellings of the same option are understood, but not listed.
  name += "--" + option->get_lnames().front();
  if (option->get_items_expected_max() > 0) name += " " + value_name(*option);
  return two_columns(name, option->get_description());
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode mode) const {
  if (mode == CLI::AppFormatMode::Sub) return make_expanded(app);
  const bool is_short = mode == CLI::AppFormatMode::Normal;
  const std::string tables = is_short ? tables_of(*app) : "";
  std::string help = make_description(app) + make_usage(app, std::move(name)) + "\n", more;
  for (const CLI::Option* option : app->get_options())
    if (option->get_positional()) help += make_option(option, true);
  for (const std::string& group : app->get_groups()) {
    const auto options = options_of(*app, group);
    if (group.empty() || options.empty() || (is_short && is_table(group))) continue;
    if (group != kMainGroup) {
      more += make_group(group, false, options);
      continue;
    }
    for (const CLI::Option* option : options)
      if (!asks_for_help(*app, *option)) help += make_option(option, false);
    help += make_option(app->get_help_ptr(), false);
  }
  return help + more + tables + make_subcommands(app, mode) + "\n" + make_footer(app);
}

std::string HelpFormatter::make_group(std::string group, bool is_positional,
                                      std::vector<const CLI::Option*> options) const {
  std::string result = fmt::format("\n{}:\n", group);
  for (const CLI::Option* option : options) result += make_option(option, is_positional);
  return result;
}

std::string HelpFormatter::make_subcommand(const CLI::App* verb) const {
  return two_columns(verb->get_name(), verb->get_description(), kTableColumns);
}

}  // namespace coldstart::app
