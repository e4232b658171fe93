// A command line that does not parse, as an error of ours: what is wrong, and the nearest verb or
// option by edit distance. Test: tests/e2e/main_test.cpp.
#pragma once

#include <CLI/CLI.hpp>

#include "coldstart/core/error.h"

namespace coldstart::app {

// app has just failed to parse, with this error.
ConfigError command_line_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace coldstart::app
