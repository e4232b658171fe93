// A command line as its words, without a shell: blanks part words, '...' and "..." keep them
// together, a backslash takes the next character as it is. Nothing is expanded.
// Test: tests/study/command_test.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coldstart::study {

// ConfigError at `where` for a quote that is not closed.
std::vector<std::string> split_command(std::string_view line, std::string_view where);

}  // namespace coldstart::study
