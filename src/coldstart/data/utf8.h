// Where the characters of UTF-8 text begin and end (RFC 3629: no overlong forms, no surrogates),
// and how to show bytes that may be no text at all. Test: tests/data/utf8_test.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coldstart::data {

// Bytes of the character that begins the text; 0 when it does not begin with a valid one.
size_t utf8_length(std::string_view text);

// The largest position in (0, limit] that does not cut a character (limit itself when the bytes
// there are not UTF-8). 0 < limit <= text.size().
size_t utf8_floor(std::string_view text, size_t limit);

// Any bytes as valid UTF-8 that is safe on a terminal: control characters and bytes that are not
// UTF-8 become \n, \t or \xNN. With keep_lines, line feeds and tabs stay.
std::string printable(std::string_view bytes, bool keep_lines);

}  // namespace coldstart::data
