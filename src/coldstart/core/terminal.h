// The width of a terminal. Test: tests/core/terminal_test.cpp.
#pragma once

#include <cstdio>

namespace coldstart {

// Columns of the terminal behind a stream; `otherwise` when it is none, or does not say.
int terminal_columns(std::FILE* out, int otherwise);

}  // namespace coldstart
