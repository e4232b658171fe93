// A word as a POSIX shell takes it: in single quotes where it holds anything that a shell reads.
// Test: tests/core/shell_word_test.cpp.
#pragma once

#include <string>

namespace coldstart {

// "runs/a" stays, "my text.txt" becomes 'my text.txt', an empty word ''.
std::string shell_word(const std::string& text);

}  // namespace coldstart
