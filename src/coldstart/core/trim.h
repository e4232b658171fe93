// Text without the blanks at its ends. Test: tests/core/trim_test.cpp.
#pragma once

#include <string_view>

namespace coldstart {

// A part of the given text; empty when all of it is blanks.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = " ") {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace coldstart
