#include "coldstart/core/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace coldstart {
namespace {

TEST(Error, SaysWhereWhatAndWhatToDo) {
  const ConfigError error("model.heads", "got 3, expected 4", "choose 4");
  EXPECT_STREQ(error.what(), "[model.heads] got 3, expected 4");
  EXPECT_EQ(error.message(), "[model.heads] got 3, expected 4\nhint: choose 4");
  EXPECT_EQ(DataError("x", "y", "").message(), "[x] y");
}

TEST(Error, ACheckNamesItsPlaceAndCondition) {
  EXPECT_NO_THROW(COLDSTART_CHECK(1 + 1 == 2, "never"));
  try {
    COLDSTART_CHECK(1 + 1 == 3, "{} is not {}", 2, 3);
    FAIL();
  } catch (const std::logic_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("error_test.cpp:"));
    EXPECT_THAT(error.what(), testing::HasSubstr("2 is not 3 (1 + 1 == 3)"));
  }
}

TEST(Error, NarrowingAndDivisionAreChecked) {
  EXPECT_EQ(narrow<int8_t>(-128), -128);
  EXPECT_THROW(narrow<int8_t>(128), std::logic_error);
  EXPECT_THROW(narrow<uint32_t>(-1), std::logic_error) << "the sign is lost";
  EXPECT_THROW(narrow<int32_t>(std::numeric_limits<uint32_t>::max()), std::logic_error);
  EXPECT_EQ(div_exact(12, 4), 3);
  EXPECT_THROW(div_exact(13, 4), std::logic_error);
  EXPECT_THROW(div_exact(13, 0), std::logic_error);
  EXPECT_EQ(div_up(13, 4), 4);
  EXPECT_EQ(div_up(12, 4), 3);
}

}  // namespace
}  // namespace coldstart
