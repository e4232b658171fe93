#include "coldstart/data/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace coldstart::data {
namespace {

TEST(Utf8, LengthOfValidCharacters) {
  EXPECT_EQ(utf8_length("a"), 1u);
  EXPECT_EQ(utf8_length(std::string_view("\0", 1)), 1u);
  EXPECT_EQ(utf8_length("\u00e9x"), 2u);
  EXPECT_EQ(utf8_length("\u2581"), 3u);
  EXPECT_EQ(utf8_length("\U0001F600"), 4u);
}

TEST(Utf8, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("\x80"), 0u);              // a continuation byte alone
  EXPECT_EQ(utf8_length("\xC3"), 0u);              // cut off
  EXPECT_EQ(utf8_length("\xC3("), 0u);             // not continued
  EXPECT_EQ(utf8_length("\xC0\xAF"), 0u);          // overlong, two bytes
  EXPECT_EQ(utf8_length("\xE0\x80\xAF"), 0u);      // overlong, three bytes
  EXPECT_EQ(utf8_length("\xED\xA0\x80"), 0u);      // surrogate
  EXPECT_EQ(utf8_length("\xF4\x90\x80\x80"), 0u);  // above U+10FFFF
  EXPECT_EQ(utf8_length("\xFF"), 0u);
}

TEST(Utf8, FloorDoesNotCutACharacter) {
  const std::string text = "a\u2581b";  // a, three bytes, b
  EXPECT_EQ(utf8_floor(text, 1), 1u);
  EXPECT_EQ(utf8_floor(text, 2), 1u);
  EXPECT_EQ(utf8_floor(text, 3), 1u);
  EXPECT_EQ(utf8_floor(text, 4), 4u);
  EXPECT_EQ(utf8_floor(text, 5), 5u);
}

TEST(Utf8, FloorAlwaysAdvances) {
  const std::string junk(20, '\x80');
  for (size_t limit = 1; limit <= junk.size(); ++limit) EXPECT_EQ(utf8_floor(junk, limit), limit);
  EXPECT_EQ(utf8_floor("\u2581\u2581", 1), 1u);  // cannot go back to 0
}

TEST(Utf8, PrintableIsSafeAndKeepsText) {
  EXPECT_EQ(printable("caf\u00e9 \u2581", false), "caf\u00e9 \u2581");
  EXPECT_EQ(printable("a\n\tb", false), "a\\n\\tb");
  EXPECT_EQ(printable("a\n\tb", true), "a\n\tb");
  EXPECT_EQ(printable(std::string_view("\0\x1b[31m\xff", 7), true), "\\x00\\x1b[31m\\xff");
  EXPECT_EQ(printable("\xC2\x9B", true), "\\xc2\\x9b");  // a control character of two bytes
}

}  // namespace
}  // namespace coldstart::data
