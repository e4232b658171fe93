#include "coldstart/core/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <iterator>

#include "coldstart/core/error.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;

struct Files : testing::Test {
  fs::path directory = fs::path(testing::TempDir()) / ("files_test_" + std::to_string(getpid()));

  Files() { make_directories(directory); }
  ~Files() override { fs::remove_all(directory); }

  auto entries() const {
    return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
  }
};

TEST_F(Files, AreReadWholeWithZerosAndAllBytes) {
  std::string all;
  for (int i = 0; i < 1000; ++i) all.push_back(static_cast<char>(i));
  write_file_atomic(directory / "a", all);
  EXPECT_EQ(read_file(directory / "a"), all);
  write_file_atomic(directory / "a", "");
  EXPECT_EQ(read_file(directory / "a"), "");
  EXPECT_TRUE(MappedFile(directory / "a").bytes().empty());
}

TEST_F(Files, AnAbandonedWriteLeavesTheOldFileAndNothingElse) {
  write_file_atomic(directory / "a", "old");
  {
    AtomicFile file(directory / "a");
    file.write("half of the ne");
    EXPECT_EQ(read_file(directory / "a"), "old") << "while writing";
  }
  EXPECT_EQ(read_file(directory / "a"), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(Files, AHeaderCanBeWrittenLast) {
  AtomicFile file(directory / "a");
  file.write("????, ");
  file.write("world");
  file.write_at(0, "hello", 4);
  file.write("!");
  file.commit();
  EXPECT_EQ(read_file(directory / "a"), "hell, world!");
  EXPECT_EQ(entries(), 1);
}

TEST_F(Files, WhatCannotBeReadOrWrittenIsAResourceErrorWithAHint) {
  const auto hint_of = [](auto action) {
    try {
      action();
    } catch (const ResourceError& error) {
      return error.hint();
    }
    return std::string("no error");
  };
  EXPECT_EQ(hint_of([&] { read_file(directory / "none"); }), "check the path");
  EXPECT_THAT(hint_of([&] { read_file(directory); }), testing::HasSubstr("this is a directory"));
  EXPECT_EQ(hint_of([&] { write_file_atomic(directory / "none" / "a", "x"); }), "check the path");
  write_file_atomic(directory / "file", "x");
  EXPECT_NE(hint_of([&] { make_directories(directory / "file" / "sub"); }), "no error");
  EXPECT_EQ(entries(), 1);
}

TEST(FileNames, TheLastNameOfAPathWithOrWithoutASlash) {
  EXPECT_EQ(last_name("runs/a"), "a");
  EXPECT_EQ(last_name("runs/a/"), "a");
  EXPECT_EQ(last_name("runs/b/../a/."), "a");
  EXPECT_EQ(last_name("/"), "");
}

}  // namespace
}  // namespace coldstart
