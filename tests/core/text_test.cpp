#include "coldstart/core/text.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace coldstart {
namespace {

TEST(Text, NumbersAreParsedWholeOrRefused) {
  EXPECT_EQ(parse_int("-42"), -42);
  EXPECT_EQ(parse_int("+7"), 7);
  EXPECT_EQ(parse_int("9223372036854775807"), std::numeric_limits<int64_t>::max());
  for (const char* text : {"", "+", "-", "3x", " 3", "3 ", "3.0", "1e3", "0x1", "nan", "--1", "+-1",
                           "9223372036854775808"})
    EXPECT_FALSE(parse_int(text)) << text;
  EXPECT_EQ(parse_double("-0.5"), -0.5);
  EXPECT_EQ(parse_double("1e-3"), 1e-3);
  EXPECT_EQ(parse_double(".5"), 0.5);
  for (const char* text : {"", "1.5x", " 1", "1 ", "1,5", "e3", "1e999"})
    EXPECT_FALSE(parse_double(text)) << text;
}

TEST(Text, ListsOfNumbersAreParsedWholeOrRefused) {
  EXPECT_EQ(parse_int_list("1,-2,3"), (std::vector<int64_t>{1, -2, 3}));
  EXPECT_EQ(parse_int_list("7"), std::vector<int64_t>{7});
  EXPECT_EQ(parse_int_list(""), std::vector<int64_t>{});
  for (const char* text : {",", "1,", ",1", "1,,2", "1, 2", "1;2", "1,x", "1 2"})
    EXPECT_FALSE(parse_int_list(text)) << text;
}

TEST(Text, TheNearestNameIsCloseOrNothing) {
  const std::vector<std::string> names = {"train", "trace", "sample", "rms"};
  EXPECT_EQ(nearest_name("train", names), "train");
  EXPECT_EQ(nearest_name("trian", names), "train") << "a swap is one edit";
  EXPECT_EQ(nearest_name("trac", names), "trace");
  EXPECT_EQ(nearest_name("rsm", names), "rms");
  EXPECT_EQ(nearest_name("sampel", names), "sample");
  EXPECT_EQ(nearest_name("zzzz", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name("train", {}), "");
}

TEST(Text, QuantitiesReadAsAHumanWritesThem) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(3.0 * 1024 * 1024 * 1024), "3.0 GiB");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(124439808), "124.4M");
  EXPECT_EQ(human_flops(12), "12 FLOP");
  EXPECT_EQ(human_flops(739.2e3), "739.2 kFLOP");
  EXPECT_EQ(human_flops(8.6e18), "8600.0 PFLOP");
  EXPECT_EQ(human_duration(12.4), "12 s");
  EXPECT_EQ(human_duration(59.6), "1:00");
  EXPECT_EQ(human_duration(245), "4:05");
  EXPECT_EQ(human_duration(3723), "1:02:03");
}

}  // namespace
}  // namespace coldstart
