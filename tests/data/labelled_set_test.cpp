#include "coldstart/data/labelled_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/data/windows.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

using testing::HasSubstr;

const ExampleShape kShape{.content = Content::symbols, .width = 3, .classes = 4};

// Example i is (i, i + 1, i + 2) of class i mod 4.
std::string records(int first, int count) {
  std::string all;
  for (int i = first; i < first + count; ++i)
    all += {static_cast<char>(i % 4), static_cast<char>(i), static_cast<char>(i + 1),
            static_cast<char>(i + 2)};
  return all;
}

void write(const std::filesystem::path& path, int first, int count) {
  write_file_atomic(path, labelled_file(kShape, {"a", "b", "c", "d"}, records(first, count)));
}

// The first numbers of sequences [first, first + B) of a loader.
std::vector<int32_t> firsts(const Loader& loader, int64_t first, size_t B) {
  std::vector<int32_t> tokens(3 * B), targets(B), result;
  loader.fill(first, tokens, targets);
  for (size_t b = 0; b < B; ++b) {
    EXPECT_EQ(targets[b], tokens[3 * b] % 4);
    EXPECT_EQ(tokens[3 * b + 2], tokens[3 * b] + 2);
    result.push_back(tokens[3 * b]);
  }
  return result;
}

TEST(LabelledData, EveryEpochShowsEveryExampleOnceInAnotherOrder) {
  const TempDir directory;
  write(directory / "train.bin", 0, 30);
  write(directory / "val.bin", 100, 8);
  const auto data = open_labelled(directory.path(), {});
  EXPECT_EQ(data->facts().classes, 4);
  EXPECT_EQ(data->facts().example_length, 3);
  EXPECT_TRUE(data->facts().symbols);
  const auto loader = data->loader(3, 7);
  std::vector<int32_t> one = firsts(*loader, 0, 30), two = firsts(*loader, 30, 30);
  EXPECT_NE(one, two);
  EXPECT_NE(one, firsts(*data->loader(3, 8), 0, 30)) << "another seed";
  // No state: a part read alone is the part of the whole.
  EXPECT_EQ(firsts(*data->loader(3, 7), 28, 4),
            (std::vector<int32_t>{one[28], one[29], two[0], two[1]}));
  std::ranges::sort(one);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(one[static_cast<size_t>(i)], i);
}

TEST(LabelledData, AnEvaluationIsSpreadEvenlyAndPadsItsLastBatch) {
  const TempDir directory;
  write(directory / "x_train.bin", 0, 30);
  write(directory / "x_val.bin", 100, 8);
  const auto data = open_labelled(directory / "x_train.bin", {});
  const auto all = data->eval_source(Split::validation, 3, 0);
  EXPECT_EQ(all->sequences(), 8);
  const auto some = data->eval_source(Split::validation, 3, 12);  // four examples
  ASSERT_EQ(some->sequences(), 4);
  std::vector<int32_t> tokens(15), targets(5);
  some->fill(0, tokens, targets);
  EXPECT_EQ(tokens[0], 100);
  EXPECT_EQ(tokens[3], 102);
  EXPECT_EQ(tokens[9], 106);
  EXPECT_EQ(targets[4], kNoTarget);
  EXPECT_EQ(data->eval_source(Split::train, 3, 1000)->sequences(), 30);
}

TEST(LabelledData, HoldsOutExamplesOfASingleFile) {
  const TempDir directory;
  write(directory / "all.bin", 0, 40);
  const auto data = open_labelled(directory / "all.bin", {.val_fraction = 0.2, .seed = 3});
  EXPECT_EQ(data->train().size(), 32);
  EXPECT_EQ(data->val().size(), 8);
  std::vector<int32_t> seen, values(3);
  for (const LabelledSet* set : {&data->train(), &data->val()})
    for (int64_t i = 0; i < set->size(); ++i) {
      set->read(i, values);
      EXPECT_EQ(set->label(i), values[0] % 4);
      seen.push_back(values[0]);
    }
  std::ranges::sort(seen);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(seen[static_cast<size_t>(i)], i) << "each in one part";
  const auto id = [&](uint64_t seed) {
    return open_labelled(directory / "all.bin", {.val_fraction = 0.2, .seed = seed})->id;
  };
  EXPECT_EQ(id(3), data->id);
  EXPECT_NE(id(4), data->id);
  EXPECT_THROW(open_labelled(directory / "all.bin", {.val_fraction = 0}), DataError);
}

TEST(LabelledData, ReadsTheFilesOfCifar10AsOneList) {
  const TempDir directory;
  std::string batch(2 * 3073, '\1');
  for (int i = 1; i <= 2; ++i) {
    batch[3073] = static_cast<char>(i);
    write_file_atomic(directory / fmt::format("data_batch_{}.bin", i), batch);
  }
  EXPECT_FALSE(names_labelled(directory.path()));
  write_file_atomic(directory / "test_batch.bin", batch.substr(0, 3073));
  EXPECT_TRUE(names_labelled(directory.path()));
  const auto data = open_labelled(directory.path(), {});
  EXPECT_EQ(data->train().size(), 4);
  EXPECT_EQ(data->train().label(3), 2) << "the last of the second file";
  EXPECT_EQ(data->val().size(), 1);
  EXPECT_FALSE(data->facts().symbols);
  EXPECT_EQ(data->classes().back(), "9");
}

TEST(LabelledData, RefusesWhatDoesNotFitTogether) {
  const TempDir directory;
  EXPECT_THROW(open_labelled(directory / "absent.bin", {}), DataError);
  write(directory / "train.bin", 0, 8);
  write_file_atomic(directory / "val.bin", labelled_file({.width = 3, .classes = 4}, {}, ""));
  EXPECT_THROW(open_labelled(directory.path(), {}), DataError) << "an empty validation set";
  write_file_atomic(directory / "val.bin",
                    labelled_file({.width = 3, .classes = 4}, {}, records(0, 2)));
  EXPECT_THROW(open_labelled(directory.path(), {}), DataError) << "numbers and symbols";
  write(directory / "val.bin", 0, 2);
  const auto data = open_labelled(directory.path(), {});
  EXPECT_THROW(data->loader(4, 1), ConfigError);
  EXPECT_THAT(data->describe(), HasSubstr("8 training and 2 validation windows of 3 bytes"));
}

}  // namespace
}  // namespace coldstart::data
