#include "coldstart/data/utf8.h"

#include <fmt/format.h>

namespace coldstart::data {

namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if (!is_continuation(text[i])) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
  if (lead == 0xED && second > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && second < 0x90) return 0;  // overlong
  if (lead == 0xF4 && second > 0x8F) return 0;  // above U+10FFFF
  return length;
}

size_t utf8_floor(std::string_view text, size_t limit) {
  if (limit == text.size()) return limit;
  size_t position = limit;
  while (position > 1 && limit - position < 3 && is_continuation(text[position])) --position;
  return position > 0 && utf8_length(text.substr(position)) > 0 ? position : limit;
}

std::string printable(std::string_view bytes, bool keep_lines) {
  std::string result;
  for (size_t i = 0; i < bytes.size();) {
    const size_t length = utf8_length(bytes.substr(i));
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const bool line = byte == '\n' || byte == '\t';
    // U+0080..U+009F are control characters too.
    const bool control =
        byte < 0x20 || byte == 0x7F ||
        (byte == 0xC2 && length == 2 && static_cast<unsigned char>(bytes[i + 1]) < 0xA0);
    if (line && !keep_lines) {
      result += byte == '\n' ? "\\n" : "\\t";
    } else if (length > 0 && (!control || line)) {
      result += bytes.substr(i, length);
    } else {
      result += fmt::format("\\x{:02x}", byte);
    }
    i += length > 0 && !control ? length : 1;
  }
  return result;
}

}  // namespace coldstart::data
