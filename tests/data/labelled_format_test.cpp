#include "coldstart/data/labelled_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::data {
namespace {

using testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// Three examples of 1 x 2 x 2 numbers.
const ExampleShape kShape{.height = 2, .width = 2, .classes = 3};
const std::string kRecords = {2, 1, 2, 3, 4, 0, 5, 6, 7, 8, 1, '\xff', 0, 0, 9};

std::string refusal(const std::string& file) {
  try {
    parse_labelled(bytes_of(file), "x.bin");
    return "accepted";
  } catch (const DataError& error) {
    return error.what();
  }
}

TEST(LabelledFormat, WhatIsWrittenIsRead) {
  const std::string file = labelled_file(kShape, {"cat", "dog", "eel"}, kRecords);
  const LabelledView view = parse_labelled(bytes_of(file), "x.bin");
  EXPECT_EQ(view.shape, kShape);
  EXPECT_EQ(view.names, (std::vector<std::string>{"cat", "dog", "eel"}));
  ASSERT_EQ(view.count, 3);
  EXPECT_EQ(view.label(0), 2);
  EXPECT_EQ(view.label(2), 1);
  std::vector<int32_t> values(4);
  view.read(2, values);
  EXPECT_EQ(values, (std::vector<int32_t>{255, 0, 0, 9}));
  EXPECT_TRUE(parse_labelled(bytes_of(labelled_file(kShape, {}, kRecords)), "").names.empty());
}

// As docs/formats.md has it, for who writes files by hand: checksums may be left at 0.
TEST(LabelledFormat, ChecksumsMayBeLeftOut) {
  std::string file = labelled_file(kShape, {}, kRecords);
  file.replace(48, 16, 16, '\0');
  EXPECT_EQ(parse_labelled(bytes_of(file), "x.bin").count, 3);
}

TEST(LabelledFormat, RefusesEveryDamage) {
  const std::string good = labelled_file(kShape, {"a", "b", "c"}, kRecords);
  EXPECT_EQ(refusal(good), "accepted");
  const auto changed = [&](size_t at, char value, bool unchecked = false) {
    std::string file = good;
    file[at] = value;
    if (unchecked) file.replace(48, 16, 16, '\0');
    return refusal(file);
  };
  EXPECT_THAT(refusal("CSLABEL"), HasSubstr("no labelled examples"));
  EXPECT_THAT(refusal(good.substr(0, 50)), HasSubstr("cut off in its header"));
  EXPECT_THAT(changed(8, 2), HasSubstr("another version"));
  EXPECT_THAT(changed(20, 9), HasSubstr("header is damaged"));
  EXPECT_THAT(changed(good.size() - 1, 0), HasSubstr("examples are damaged"));
  EXPECT_THAT(changed(12, 2, true), HasSubstr("impossible"));
  EXPECT_THAT(changed(16, 0, true), HasSubstr("impossible"));
  EXPECT_THAT(changed(28, 1, true), HasSubstr("impossible"));
  EXPECT_THAT(changed(32, 4, true), HasSubstr("cut off or has extra bytes"));
  EXPECT_THAT(changed(47, '\x7f', true), HasSubstr("cut off or has extra bytes"));
  EXPECT_THAT(changed(64 + 5, 3, true), HasSubstr("outside the classes"));
  EXPECT_THAT(refusal(good + "x"), HasSubstr("cut off or has extra bytes"));
  EXPECT_THAT(refusal(labelled_file(kShape, {"a", "b"}, kRecords)), HasSubstr("names 2 classes"));
}

TEST(LabelledFormat, ReadsTheRecordsOfCifar10) {
  std::string file(2 * 3073, '\0');
  file[0] = 9;
  file[1] = 7;         // first red value
  file[1 + 1024] = 8;  // first green value
  file[3073] = 3;
  const LabelledView view = parse_cifar10(bytes_of(file), "data_batch_1.bin");
  EXPECT_EQ(view.count, 2);
  EXPECT_EQ(view.label(0), 9);
  EXPECT_EQ(view.label(1), 3);
  std::vector<int32_t> values(3072);
  view.read(0, values);
  EXPECT_EQ(values[0], 7);
  EXPECT_EQ(values[1024], 8);
  EXPECT_THROW(parse_cifar10(bytes_of(file).first(3072), ""), DataError);
  file[0] = 10;
  EXPECT_THROW(parse_cifar10(bytes_of(file), ""), DataError);
}

TEST(LabelledFormat, WritesNoImpossibleFile) {
  EXPECT_THROW(labelled_file({.classes = 1}, {}, ""), ConfigError);
  EXPECT_THROW(labelled_file(kShape, {}, "1234"), ConfigError);
}

}  // namespace
}  // namespace coldstart::data
