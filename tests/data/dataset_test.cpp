#include "coldstart/data/dataset.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/data/stories.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

namespace fs = std::filesystem;

PrepareOptions small() {
  PrepareOptions options;
  options.corpus.stories_bytes = 30'000;
  return options;
}

size_t entries(const fs::path& directory) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

void write_shard(const fs::path& path, int64_t vocab_size, int64_t size) {
  ShardWriter writer(path, vocab_size);
  writer.append(std::vector<int32_t>(static_cast<size_t>(size), 7));
  writer.commit(0);
}

TEST(Dataset, TextIsPreparedOnceAndFoundAgain) {
  const TempDir directory;
  write_file_atomic(directory / "a.txt", tell_stories(1, 30'000));
  const std::string text = (directory / "a.txt").string();
  const Dataset first = open_dataset(text, small(), directory / "cache");
  EXPECT_EQ(entries(directory / "cache"), 1u);
  const auto written = fs::last_write_time(first.directory / "data.json");
  const Dataset again = open_dataset(text, small(), directory / "cache");
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(fs::last_write_time(again.directory / "data.json"), written);
  EXPECT_EQ(first.train.size() + first.val.size(),
            static_cast<int64_t>(tell_stories(1, 30'000).size()));

  // Changed text is another dataset; the old one is not used in its place.
  write_file_atomic(directory / "a.txt", tell_stories(2, 30'000));
  EXPECT_NE(open_dataset(text, small(), directory / "cache").id, first.id);
  EXPECT_EQ(entries(directory / "cache"), 2u);
}

TEST(Dataset, ADamagedCacheIsAnErrorThatSaysWhatToDelete) {
  const TempDir directory;
  const Dataset first = open_dataset("builtin:stories", small(), directory / "cache");
  std::string bytes = read_file(first.directory / "val.bin");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file_atomic(first.directory / "val.bin", bytes);
  try {
    open_dataset("builtin:stories", small(), directory / "cache");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(error.hint().find("delete its directory"), std::string::npos);
  }
  fs::remove(first.directory / "data.json");  // not a dataset any more, but somebody's files
  EXPECT_THROW(open_dataset("builtin:stories", small(), directory / "cache"), ResourceError);
  EXPECT_EQ(entries(directory / "cache"), 1u) << "nothing may be left beside it";
  fs::remove_all(first.directory);
  EXPECT_EQ(open_dataset("builtin:stories", small(), directory / "cache").id, first.id);
}

TEST(Dataset, OpensAPreparedDirectoryAsItIs) {
  const TempDir directory;
  const Manifest manifest = prepare({"builtin:stories"}, small(), directory / "d");
  const Dataset dataset =
      open_dataset((directory / "d").string(), PrepareOptions{}, directory / "cache");
  EXPECT_EQ(dataset.id, manifest.id);
  EXPECT_EQ(dataset.vocab_size(), 256);
  EXPECT_EQ(dataset.tokenizer->name(), "bytes");
  EXPECT_FALSE(fs::exists(directory / "cache"));
}

TEST(Dataset, OpensAPairOfTokenFilesWithoutTokenizer) {
  const TempDir directory;
  write_shard(directory / "x_train.bin", 1000, 50);
  EXPECT_THROW(open_dataset((directory / "x_train.bin").string(), {}, directory / "c"), DataError);
  write_shard(directory / "x_val.bin", 1000, 20);
  const Dataset dataset = open_dataset((directory / "x_train.bin").string(), {}, directory / "c");
  EXPECT_EQ(dataset.train.size(), 50);
  EXPECT_EQ(dataset.val.size(), 20);
  EXPECT_EQ(dataset.tokenizer, nullptr);
  EXPECT_FALSE(dataset.bytes_per_token().has_value());
  write_shard(directory / "x_val.bin", 1001, 20);
  EXPECT_THROW(open_dataset((directory / "x_train.bin").string(), {}, directory / "c"), DataError);
}

TEST(Dataset, PartsOfDifferentDatasetsAreNotMixed) {
  const TempDir directory;
  PrepareOptions other = small();
  other.split.seed = 2;
  prepare({"builtin:stories"}, small(), directory / "a");
  prepare({"builtin:stories"}, other, directory / "b");
  fs::copy_file(directory / "b/val.bin", directory / "a/val.bin",
                fs::copy_options::overwrite_existing);
  try {
    open_prepared(directory / "a");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(error.message().find("another dataset"), std::string::npos);
  }
  fs::remove(directory / "b/train.bin");
  EXPECT_THROW(open_prepared(directory / "b"), ResourceError);
}

}  // namespace
}  // namespace coldstart::data
