#include "coldstart/data/files_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

bool any(const fs::path& /*path*/, std::string_view /*head*/) { return true; }

// Ten files of each of two kinds; a byte says which file it is from.
class FilesTask : public testing::Test {
 protected:
  FilesTask() {
    for (int i = 0; i < 10; ++i) {
      write_file_atomic(dir_ / "a" / fmt::format("{}.x", i), std::string(40, static_cast<char>(i)));
      write_file_atomic(dir_ / "b" / fmt::format("{}.y", i),
                        std::string(90, static_cast<char>(100 + i)));
    }
  }
  static fs::path made(const fs::path& place) {
    make_directories(place / "a");
    make_directories(place / "b");
    return place;
  }
  std::string error_of(const FilesTaskOptions& options, std::span<const FileKind* const> kinds) {
    try {
      write_files_task(kinds, options, temp_ / "task");
      return "accepted";
    } catch (const Error& error) {
      return error.message();
    }
  }

  const TempDir temp_;
  const fs::path dir_ = made(temp_ / "files");
  const FileKind a_{"a", "files of a", {(dir_ / "a").string()}, {".x"}, any, "package-a"};
  const FileKind b_{"b", "files of b", {(dir_ / "b").string()}, {".y"}, any, "package-b"};
  const std::vector<const FileKind*> kinds_ = {&a_, &b_};
  const FilesTaskOptions options_{
      .kinds = "", .window = 8, .examples = 400, .val_fraction = 0.2, .seed = 5};
};

TEST_F(FilesTask, IsBalancedAndSplitByFile) {
  write_files_task(kinds_, options_, temp_ / "task");
  const auto data = open_labelled(temp_ / "task", {});
  EXPECT_THAT(data->classes(), ElementsAre("a", "b"));
  EXPECT_EQ(data->train().size(), 320);
  EXPECT_EQ(data->val().size(), 80);
  std::set<int32_t> files[2];
  for (const int part : {0, 1}) {
    const LabelledSet& set = part == 0 ? data->train() : data->val();
    int64_t of_b = 0;
    std::vector<int32_t> window(8);
    for (int64_t i = 0; i < set.size(); ++i) {
      set.read(i, window);
      EXPECT_EQ(window.front(), window.back());
      EXPECT_EQ(set.label(i), window[0] >= 100 ? 1 : 0);
      of_b += set.label(i);
      files[part].insert(window[0]);
    }
    EXPECT_EQ(of_b, set.size() / 2);
  }
  EXPECT_EQ(files[0].size(), 16U);
  EXPECT_EQ(files[1].size(), 4U) << "two files of each kind are held out";
  for (const int32_t file : files[1]) EXPECT_FALSE(files[0].contains(file));
  std::istringstream list(read_file(temp_ / "task/files.txt"));
  int lines = 0;
  for (std::string line; std::getline(list, line);) ++lines;
  EXPECT_EQ(lines, 20);
}

TEST_F(FilesTask, IsAFunctionOfTheFilesAndTheOptions) {
  write_files_task(kinds_, options_, temp_ / "one");
  write_files_task(kinds_, options_, temp_ / "two");
  EXPECT_EQ(read_file(temp_ / "one/train.bin"), read_file(temp_ / "two/train.bin"));
  FilesTaskOptions other = options_;
  other.seed = 6;
  write_files_task(kinds_, other, temp_ / "two");
  EXPECT_NE(read_file(temp_ / "one/train.bin"), read_file(temp_ / "two/train.bin"));
}

TEST_F(FilesTask, EqualContentsAndLinksCountOnce) {
  const FileKind twins{"twins", "twins", {(temp_ / "twins").string()}, {}, any, "package-t"};
  make_directories(temp_ / "twins");
  write_file_atomic(temp_ / "twins/1", std::string(20, 'x'));
  write_file_atomic(temp_ / "twins/2", std::string(20, 'x'));
  write_file_atomic(temp_ / "twins/short", "y");
  fs::create_symlink(dir_ / "a/1.x", temp_ / "twins/link");
  const std::vector<const FileKind*> kinds = {&a_, &twins};
  const std::string error = error_of(options_, kinds);
  EXPECT_THAT(error, HasSubstr("found 1 different file of the kind twins"));
  EXPECT_THAT(error, HasSubstr("package-t"));
  write_file_atomic(temp_ / "twins/3", std::string(20, 'z'));
  EXPECT_EQ(error_of(options_, kinds), "accepted");
}

TEST_F(FilesTask, RefusesPartsWithoutExamples) {
  FilesTaskOptions few = options_;
  few.examples = 4;
  EXPECT_THAT(error_of(few, kinds_), HasSubstr("would be held out"));
}

TEST(FileKinds, AreChosenByName) {
  EXPECT_EQ(chosen_kinds("c,elf")[1]->name, "elf");
  EXPECT_THROW(chosen_kinds("c"), ConfigError);
  EXPECT_THROW(chosen_kinds("c,c"), ConfigError);
  EXPECT_THROW(chosen_kinds("c,cobol"), ConfigError);
  EXPECT_THROW(chosen_kinds(""), ConfigError);
}

// The headers this program was compiled with are there.
TEST(FileKinds, FindTheHeadersOfThisMachine) {
  const auto headers = files_of(find_file_kind("cpp"), 64);
  EXPECT_GT(headers.size(), 50U);
  EXPECT_TRUE(std::ranges::is_sorted(headers));
}

}  // namespace
}  // namespace coldstart::data
