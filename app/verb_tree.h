// The verbs of the program as a list, and what each takes: what a manual page and completions are
// made from. Hidden verbs are left out.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace coldstart::app {

struct Verb {
  std::string name;  // "data prepare"; "" is the program itself
  const CLI::App* app = nullptr;
  std::vector<const CLI::Option*> options;  // positionals too, in their order
  std::vector<std::string> verbs;           // the words that may follow
};

// Depth first, without the program itself.
std::vector<Verb> verb_tree(const CLI::App& app);
// The program itself: its own options and its verbs.
Verb root_verb(const CLI::App& app);

}  // namespace coldstart::app
