#include "coldstart/io/toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "coldstart/core/error.h"

namespace coldstart::io {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    parse_toml(text, "my.toml");
  } catch (const ConfigError& error) {
    return error.message();
  }
  return "accepted";
}

TEST(Toml, GivesSettingsInTheOrderOfTheTextWithTheirLines) {
  const auto settings =
      parse_toml("top = \"x\"\n[b]\nk = 1\n\n[a]\ny = 0.5\nx = [1, 2]\nw = true\n", "my.toml");
  ASSERT_EQ(settings.size(), 5u);
  EXPECT_EQ(settings[0].name(), "top");
  EXPECT_EQ(settings[1].name(), "b.k");
  EXPECT_EQ(settings[1].where, "my.toml:3");
  EXPECT_EQ(settings[2].value, FieldValue(0.5));
  EXPECT_EQ(settings[3].value, FieldValue(std::vector<int64_t>{1, 2}));
  EXPECT_EQ(settings[4].value, FieldValue(true));
  EXPECT_TRUE(parse_toml("", "my.toml").empty());
}

TEST(Toml, WhatIsWrittenIsReadBackEqual) {
  const std::vector<Setting> settings = {
      {"", "preset", std::string("tiny")},
      {"a", "text", std::string("quote \" backslash \\ newline \n tab \t delete \x7f \xc3\xa9")},
      {"a", "empty", std::string()},
      {"a", "whole", 1.0},
      {"a", "small", 1e-300},
      {"a", "third", 1.0 / 3},
      {"a", "big", 1e22},
      {"b", "none", std::vector<int64_t>{}},
      {"b", "list", std::vector<int64_t>{-1, 0, INT64_MAX}},
      {"b", "no", false},
  };
  const auto again = parse_toml(to_toml(settings), "t");
  ASSERT_EQ(again.size(), settings.size());
  for (size_t i = 0; i < settings.size(); ++i) {
    EXPECT_EQ(again[i].name(), settings[i].name());
    EXPECT_EQ(again[i].value, settings[i].value) << settings[i].name();
  }
}

TEST(Toml, CommentsStandBehindValues) {
  const std::vector<Setting> settings = {{"a", "x", int64_t{3}, "", "how many"},
                                         {"b", "y", 2.0, "", ""}};
  EXPECT_EQ(to_toml(settings), "[a]\nx = 3  # how many\n\n[b]\ny = 2.0\n");
}

TEST(Toml, LongCommentsGoOnBelowAndAreReadOver) {
  std::string words;
  for (int i = 0; i < 60; ++i) words += fmt::format("{}word{}", i == 0 ? "" : " ", i);
  const std::vector<Setting> settings = {{"a", "x", int64_t{3}, "", words},
                                         {"a", "s", std::string(70, 'v'), "", words},
                                         {"a", "y", 2.0, "", "short"}};
  const std::string text = to_toml(settings);
  std::istringstream lines(text);
  std::string read;
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_LE(line.size(), 100u) << line;
    if (const size_t mark = line.find('#'); mark != line.npos) read += line.substr(mark + 1);
  }
  EXPECT_GT(count, 8);
  EXPECT_EQ(read, " " + words + " " + words + " short") << "no word is lost";
  const auto again = parse_toml(text, "t");
  ASSERT_EQ(again.size(), settings.size());
  for (size_t i = 0; i < settings.size(); ++i) EXPECT_EQ(again[i].value, settings[i].value);
}

TEST(Toml, MistakesAreNamedWithFileAndLine) {
  EXPECT_THAT(refusal("[a]\nx = 3x\n"), HasSubstr("[my.toml:2] not TOML"));
  EXPECT_THAT(refusal("x = hello\n"), HasSubstr("[my.toml:1] not TOML"));
  EXPECT_THAT(refusal("x = 1\nx = 2\n"), HasSubstr("[my.toml:2]"));
  EXPECT_THAT(refusal("[a]\n[a.b]\nx = 1\n"), HasSubstr("a table inside a table"));
  EXPECT_THAT(refusal("\nx = 1979-05-27\n"), HasSubstr("[my.toml:2] x has a value of the wrong"));
  EXPECT_THAT(refusal("[a]\nx = [1, \"2\"]\n"), HasSubstr("[my.toml:2] a.x"));
  EXPECT_NE(refusal("x = \"\xff\"\n"), "accepted");
  EXPECT_NE(refusal(std::string(10000, '[')), "accepted");
  EXPECT_NE(refusal("x = 99999999999999999999\n"), "accepted");
}

}  // namespace
}  // namespace coldstart::io
