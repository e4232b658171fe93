#include "app/suggest.h"

#include <fmt/format.h>

#include <vector>

#include "coldstart/core/text.h"

namespace coldstart::app {

namespace {

// The innermost verb that was being parsed, and its name as typed: "coldstart data prepare".
struct Command {
  const CLI::App& verb;
  std::string name;
};
Command active(const CLI::App& app) {
  const auto verbs = app.get_subcommands();
  if (verbs.empty()) return {app, app.get_name()};
  const Command inner = active(*verbs.back());
  return {inner.verb, fmt::format("{} {}", app.get_name(), inner.name)};
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!verb->get_group().empty()) names.push_back(verb->get_name());
  return names;
}

}  // namespace

ConfigError command_line_error(const CLI::App& app, const CLI::ParseError& error) {
  constexpr const char* where = "command line";
  const auto [verb, command] = active(app);
  const std::string help = fmt::format("see {} --help", command);
  const auto extras = app.remaining(true);
  if (extras.empty()) return ConfigError(where, error.what(), help);

  const std::string word = extras.front().substr(0, extras.front().find('='));
  const bool option = word.starts_with("-");
  const std::string what = option ? fmt::format("{} has no option '{}'", command, word)
                           : verb_names(verb).empty()
                               ? fmt::format("{} does not take '{}'", command, word)
                               : fmt::format("there is no verb '{}'", word);
  const std::string nearest = nearest_name(word, option ? option_names(verb) : verb_names(verb));
  return ConfigError(where, what,
                     nearest.empty() ? help : fmt::format("did you mean '{}'?", nearest));
}

}  // namespace coldstart::app
