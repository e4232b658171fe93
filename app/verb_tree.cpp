#include "app/verb_tree.h"

namespace coldstart::app {

namespace {

std::vector<const CLI::App*> visible_verbs(const CLI::App& app) {
  std::vector<const CLI::App*> verbs;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!verb->get_group().empty()) verbs.push_back(verb);
  }
  return verbs;
}

Verb describe(const CLI::App& app, const std::string& name) {
  Verb verb{.name = name, .app = &app, .options = app.get_options(), .verbs = {}};
  for (const CLI::App* inner : visible_verbs(app)) verb.verbs.push_back(inner->get_name());
  return verb;
}

void collect(const CLI::App& app, const std::string& path, std::vector<Verb>& verbs) {
  for (const CLI::App* inner : visible_verbs(app)) {
    const std::string name = path + (path.empty() ? "" : " ") + inner->get_name();
    verbs.push_back(describe(*inner, name));
    collect(*inner, name, verbs);
  }
}

}  // namespace

std::vector<Verb> verb_tree(const CLI::App& app) {
  std::vector<Verb> verbs;
  collect(app, "", verbs);
  return verbs;
}

Verb root_verb(const CLI::App& app) { return describe(app, ""); }

}  // namespace coldstart::app
