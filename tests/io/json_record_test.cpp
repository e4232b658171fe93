#include "coldstart/io/json_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "coldstart/core/error.h"

namespace coldstart::io {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(JsonRecord, PrintsKeysInOrderAndTheShortestNumbers) {
  EXPECT_EQ(JsonRecord()
                .add("type", "step")
                .add("step", 3)
                .add("loss", 0.1)
                .add("lr", 1e-5)
                .add("done", false)
                .add("ends", std::vector<double>{1, -0.5})
                .line(),
            R"({"type":"step","step":3,"loss":0.1,"lr":1e-05,"done":false,"ends":[1,-0.5]})");
  EXPECT_EQ(JsonRecord().line(), "{}");
}

TEST(JsonRecord, NumbersComeBackToTheLastBit) {
  for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 123456789.123}) {
    const auto again = JsonRecord::parse(JsonRecord().add("x", value).line(), "t").number("x");
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, value);
    EXPECT_EQ(std::signbit(*again), std::signbit(value));
  }
  const auto big = JsonRecord::parse(JsonRecord().add("n", INT64_MAX).line(), "t");
  EXPECT_EQ(big.integer("n"), INT64_MAX);
}

TEST(JsonRecord, NonFiniteNumbersAreStringsAndComeBack) {
  const std::string line =
      JsonRecord().add("a", NAN).add("b", kInf).add("c", std::vector<double>{-kInf}).line();
  EXPECT_EQ(line, R"({"a":"NaN","b":"Infinity","c":["-Infinity"]})");
  const JsonRecord record = JsonRecord::parse(line, "t");
  EXPECT_TRUE(std::isnan(*record.number("a")));
  EXPECT_EQ(record.number("b"), kInf);
  EXPECT_EQ(std::get<std::vector<double>>(*record.find("c"))[0], -kInf);
}

TEST(JsonRecord, TextIsEscapedAndBrokenUtf8IsReplaced) {
  const std::string text = "a\"b\\\n\x01 \xc3\xa9";
  EXPECT_EQ(JsonRecord::parse(JsonRecord().add("t", text).line(), "t").text("t"), text);
  EXPECT_EQ(JsonRecord().add("t", std::string("\xff")).line(), "{\"t\":\"\xef\xbf\xbd\"}");
}

TEST(JsonRecord, InnerObjectsAreFlattened) {
  const JsonRecord record = JsonRecord::parse(R"({"a":1,"b":{"c":{"d":2.5},"e":null}})", "t");
  EXPECT_EQ(record.integer("a"), 1);
  EXPECT_EQ(record.number("b.c.d"), 2.5);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(*record.find("b.e")));
  EXPECT_FALSE(record.number("a.b"));
  EXPECT_FALSE(record.text("a"));
}

TEST(JsonRecord, BareWordsOfOtherProgramsAreNumbers) {
  const JsonRecord record =
      JsonRecord::parse(R"({"a":NaN,"b":[Infinity,-Infinity],"c":"NaN \" NaN","d":1})", "t");
  EXPECT_TRUE(std::isnan(record.number("a").value()));
  const auto& list = std::get<std::vector<double>>(*record.find("b"));
  EXPECT_EQ(list[0], -list[1]);
  EXPECT_EQ(record.text("c"), "NaN \" NaN");
  EXPECT_EQ(record.integer("d"), 1);
}

TEST(JsonRecord, WhatIsNotARecordIsRefusedWithItsPlace) {
  for (const char* text : {"", "3", "[1]", "{", "{\"a\":[\"x\"]}", "{\"a\":[[1]]}", "{} {}",
                           "{\"a\":NaNo}", R"({"a.b":1,"a":{"b":2}})"}) {
    try {
      JsonRecord::parse(text, "m.jsonl:4");
      ADD_FAILURE() << text;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("[m.jsonl:4]")) << text;
    }
  }
}

}  // namespace
}  // namespace coldstart::io
