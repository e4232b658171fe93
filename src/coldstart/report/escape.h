// Anybody's text in a page, as text: nothing in a name or a note can become markup or script.
//
// html, markdown  & < > and what marks text up in them; control characters and bytes that are no
//                 UTF-8 as U+FFFD.
// json            the library's string literal, made safe inside <script>: < > & and the line
//                 separators U+2028, U+2029 as \u escapes too, so that no "</script>" or "<!--"
//                 can appear.
// Test: tests/report/escape_test.cpp.
#pragma once

#include <string>
#include <string_view>

namespace coldstart::report {

std::string html(std::string_view text);         // for element content and quoted attributes
std::string json_string(std::string_view text);  // with its quotes
std::string json_number(double value);        // fewest digits that give it back; null if not finite
std::string markdown(std::string_view text);  // for a line or a cell of a table

}  // namespace coldstart::report
