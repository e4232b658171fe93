// The commit of the source tree this library was built from: 12 digits, "-dirty" behind them when
// the tree was changed since, "unknown" outside git. Defined in a file that the build writes
// (cmake/source_commit.cmake). Tests: tests/core/source_commit_test.cpp,
// tests/e2e/source_commit.cmake.
#pragma once

#include <string_view>

namespace coldstart {

std::string_view source_commit();

}  // namespace coldstart
