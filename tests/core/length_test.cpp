#include "coldstart/core/length.h"

#include <gtest/gtest.h>

namespace coldstart {
namespace {

TEST(Length, StepsStayAndSharesAreRoundedToTheNearestStep) {
  EXPECT_EQ(Length::parse("100")->steps_of(7), 100);
  EXPECT_EQ(Length::parse("2%")->steps_of(1000), 20);
  EXPECT_EQ(Length::parse("0.5%")->steps_of(1000), 5);
  EXPECT_EQ(Length::parse("1%")->steps_of(149), 1);
  EXPECT_EQ(Length::parse("1%")->steps_of(151), 2);
  EXPECT_EQ(Length::parse("100%")->steps_of(3), 3);
  EXPECT_EQ(Length::parse("0%")->steps_of(1000), 0);
  EXPECT_EQ(Length().steps_of(1000), 0);
}

TEST(Length, TextGivesBackWhatWasWritten) {
  for (const char* text : {"0", "100", "2%", "0.5%", "33.3%"})
    EXPECT_EQ(Length::parse(text)->text(), text);
}

TEST(Length, AFractionWithoutPercentSignIsRefused) {
  for (const char* text : {"0.02", "", "%", "-1", "-1%", "100.5%", "2 %", "inf%", "nan%"})
    EXPECT_FALSE(Length::parse(text)) << text;
}

}  // namespace
}  // namespace coldstart
