#include "coldstart/core/trim.h"

#include <gtest/gtest.h>

namespace coldstart {
namespace {

TEST(Trim, TakesBlanksFromTheEndsOnly) {
  EXPECT_EQ(trimmed("  two words "), "two words");
  EXPECT_EQ(trimmed("word"), "word");
  EXPECT_EQ(trimmed("   "), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\tword "), "\tword");
  EXPECT_EQ(trimmed("\"\tword \r", " \t\r\""), "word");
}

}  // namespace
}  // namespace coldstart
