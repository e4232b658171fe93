// The manual page of the program, in troff, made from its verbs and options.
// Test: tests/e2e/installed_pages_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace coldstart::app {

std::string man_page(const CLI::App& app);

}  // namespace coldstart::app
