#include "coldstart/io/flat_json.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::io {
namespace {

std::string read(std::string_view line) {
  FlatJsonReader reader;
  std::string text;
  for (const FlatEntry& entry : reader.read(line, "log", 1))
    text += std::string(entry.key) + (entry.number ? "=" : ":") + std::string(entry.value) + " ";
  return text;
}

TEST(FlatJson, ReadsNumbersAndTextAsTheyStandThere) {
  EXPECT_EQ(read(R"({"step":12,"loss":4.50e+00, "note" : "so so" })"),
            "step=12 loss=4.50e+00 note:so so ");
  EXPECT_EQ(read("{}\r"), "");
}

TEST(FlatJson, TakesTheLiteralsBareAndInQuotes) {
  EXPECT_EQ(read(R"({"a":NaN,"b":-Infinity,"c":"Infinity"})"), "a=NaN b=-Infinity c=Infinity ");
  // And where the line goes the slow way, but not inside a text.
  EXPECT_EQ(read(R"({"e":{"a":NaN},"t":"a \"NaN\" text"})"), "t:a \"NaN\" text e.a=NaN ");
}

// A line with anything unusual goes through the JSON library and means the same.
TEST(FlatJson, TheSlowWayGivesTheSame) {
  EXPECT_EQ(read(R"({"step":1,"x":2.5,"gr\u00fc\u00dfe":"\u00e9","l":[1,2],"n":null,"b":true})"),
            "step=1 x=2.5 gr\u00fc\u00dfe:\u00e9 b=1 ");
}

TEST(FlatJson, RefusesWhatIsNoObject) {
  for (const char* bad :
       {"", "[1]", "{\"a\":1", "{\"a\" 1}", "{\"a\":01}", "{\"a\":1}x", "{\"a\":.5}", "{\"a\":1.}",
        "{\"a\":nan}", "{a:1}", "{\"a\":+1}", "{\"a\":1,}"}) {
    FlatJsonReader reader;
    try {
      reader.read(bad, "run.jsonl", 7);
      FAIL() << bad;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find("run.jsonl:7"), std::string::npos) << error.what();
    }
  }
}

TEST(FlatJson, NumbersBeyondADoubleAreWhatArithmeticGives) {
  double value = 1;
  EXPECT_TRUE(parse_json_number("1e999", value) && std::isinf(value));
  EXPECT_TRUE(parse_json_number("-1e-999", value) && value == 0);
  EXPECT_TRUE(parse_json_number("NaN", value) && std::isnan(value));
  EXPECT_FALSE(parse_json_number("0x10", value));
  EXPECT_FALSE(parse_json_number("", value));
}

TEST(FlatJson, DepthDoesNotUseUpTheStack) {
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "{\"a\":";
  deep += "1";
  deep.append(2000, '}');
  EXPECT_TRUE(read(deep).ends_with("a=1 "));
}

}  // namespace
}  // namespace coldstart::io
