// How --help looks: one short name an option, what it takes, its meaning wrapped at 80 columns.
// Test: tests/e2e/help_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace coldstart::app {

// What an option takes: TEXT, INT, {val,train,batch}; without the names of checks on it.
std::string value_name(const CLI::Option& option);

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override;
  std::string make_subcommand(const CLI::App* verb) const override;
};

}  // namespace coldstart::app
