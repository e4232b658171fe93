// Completions of verbs and options for bash, zsh and fish, made from the program's own verbs.
// Test: tests/e2e/installed_pages_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace coldstart::app {

std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);  // bash's, through zsh's own emulation
std::string fish_completion(const CLI::App& app);

}  // namespace coldstart::app
