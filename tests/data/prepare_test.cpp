#include "coldstart/data/prepare.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <map>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/data/dataset.h"
#include "coldstart/data/stories.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kStories = {"builtin:stories"};

PrepareOptions small(const std::string& tokenizer = "bytes") {
  PrepareOptions options;
  options.tokenizer = tokenizer;
  if (tokenizer == "sentencepiece") options.vocab_size = 400;
  options.corpus.stories_bytes = 60'000;
  return options;
}

std::map<std::string, std::string> contents(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(directory))
    files[entry.path().filename().string()] = read_file(entry.path());
  return files;
}

std::string decoded(const TokenShard& shard, const Tokenizer& tokenizer) {
  std::vector<int32_t> tokens(static_cast<size_t>(shard.size()));
  shard.view().read(0, tokens);
  return tokenizer.decode(tokens);
}

TEST(Prepare, TrainAndValidationTogetherAreTheTextAndDoNotOverlap) {
  for (const char* tokenizer : {"bytes", "sentencepiece"}) {
    const TempDir directory;
    const Manifest manifest = prepare(kStories, small(tokenizer), directory / "d");
    const Dataset dataset = open_prepared(directory / "d");
    std::string train, val;
    const std::string text = tell_stories(1, 60'000);
    for (const Block& block : split_blocks(text, {}))
      (block.validation ? val : train) += block.text;
    EXPECT_EQ(decoded(dataset.train, *dataset.tokenizer), train);
    EXPECT_EQ(decoded(dataset.val, *dataset.tokenizer), val);
    EXPECT_EQ(train.size() + val.size(), text.size());
    EXPECT_EQ(manifest.train.bytes, static_cast<int64_t>(train.size()));
    EXPECT_EQ(manifest.val.tokens, dataset.val.size());
    EXPECT_EQ(dataset.id, manifest.id);
    if (tokenizer == std::string("bytes"))
      EXPECT_EQ(*dataset.bytes_per_token(), 1);
    else
      EXPECT_GT(*dataset.bytes_per_token(), 1.5);
  }
}

TEST(Prepare, SameInputGivesTheSameBytesForAnyNumberOfThreads) {
  for (const char* tokenizer : {"bytes", "sentencepiece"}) {
    const TempDir directory;
    const int threads = thread_count();
    set_thread_count(1);
    prepare(kStories, small(tokenizer), directory / "one");
    set_thread_count(3);
    prepare(kStories, small(tokenizer), directory / "three");
    set_thread_count(threads);
    EXPECT_EQ(contents(directory / "one"), contents(directory / "three"));
  }
}

TEST(Prepare, IdFollowsTheContent) {
  const TempDir directory;
  PrepareOptions other = small();
  other.split.seed = 2;
  EXPECT_NE(prepare(kStories, small(), directory / "a").id,
            prepare(kStories, other, directory / "b").id);
}

TEST(Prepare, ADatasetIsReplacedOnlyByForceAndOtherFilesStay) {
  const TempDir directory;
  prepare(kStories, small("sentencepiece"), directory / "d");
  write_file_atomic(directory / "d/notes.txt", "mine");
  const auto before = contents(directory / "d");
  EXPECT_THROW(prepare(kStories, small(), directory / "d"), ConfigError);
  EXPECT_EQ(contents(directory / "d"), before);
  prepare(kStories, small(), directory / "d", true);
  const auto after = contents(directory / "d");
  EXPECT_NE(after.at("train.bin"), before.at("train.bin"));
  EXPECT_EQ(after.at("notes.txt"), "mine");
  EXPECT_EQ(after.count("tokenizer.model"), 0u)
      << "the old tokenizer does not belong to the new data";
}

TEST(Prepare, ForeignShardsAreNotOverwritten) {
  const TempDir directory;
  write_file_atomic(directory / "train.bin", "somebody else's tokens");
  try {
    prepare(kStories, small(), directory.path());
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(error.message().find("already holds a file train.bin"), std::string::npos);
    EXPECT_NE(error.hint().find("--force"), std::string::npos);
  }
  EXPECT_EQ(contents(directory.path()).size(), 1u);
  write_file_atomic(directory / "file", "");
  EXPECT_THROW(prepare(kStories, small(), directory / "file"), ConfigError);
}

TEST(Prepare, AFailureLeavesNothingBehindAndTheOldDatasetWhole) {
  const TempDir directory;
  PrepareOptions impossible = small("sentencepiece");
  impossible.vocab_size = 100'000;  // the text cannot fill it
  EXPECT_THROW(prepare(kStories, impossible, directory / "d"), DataError);
  EXPECT_FALSE(fs::exists(directory / "d"));
  prepare(kStories, small(), directory / "d");
  const auto before = contents(directory / "d");
  EXPECT_THROW(prepare(kStories, impossible, directory / "d", true), DataError);
  EXPECT_THROW(prepare({(directory / "missing").string()}, small(), directory / "d", true),
               DataError);
  EXPECT_EQ(contents(directory / "d"), before);
}

// A full disk, played by a limit on the size of files.
TEST(Prepare, AFullDiskLeavesNothingBehindAndTheOldDatasetWhole) {
  const TempDir directory;
  prepare(kStories, small(), directory / "old");
  const auto before = contents(directory / "old");
  PrepareOptions larger = small();
  larger.corpus.stories_bytes = 200'000;

  rlimit unlimited{}, limited{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  limited = unlimited;
  limited.rlim_cur = 100'000;  // the validation shard fits, the training shard does not
  const auto previous = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
  EXPECT_THROW(prepare(kStories, larger, directory / "new"), ResourceError);
  EXPECT_THROW(prepare(kStories, larger, directory / "old", true), ResourceError);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  std::signal(SIGXFSZ, previous);

  EXPECT_FALSE(fs::exists(directory / "new"));
  EXPECT_EQ(contents(directory / "old"), before);
  EXPECT_GT(prepare(kStories, larger, directory / "old", true).train.tokens, 100'000);
}

TEST(Prepare, ImpossibleOptionsAreRefusedBeforeAnyWork) {
  const TempDir directory;
  const auto refused = [&](auto change) {
    PrepareOptions options = small();
    change(options);
    EXPECT_THROW(prepare(kStories, options, directory / "d"), ConfigError);
    EXPECT_FALSE(fs::exists(directory / "d"));
  };
  refused([](PrepareOptions& o) { o.tokenizer = "byte"; });
  refused([](PrepareOptions& o) { o.vocab_size = 1000; });   // bytes has 256
  refused([](PrepareOptions& o) { o.model_type = "bpe"; });  // bytes has none
  refused([](PrepareOptions& o) { o.split.val_fraction = 1.5; });
  refused([](PrepareOptions& o) {
    o.tokenizer = "sentencepiece";
    o.model_type = "word";
  });
  refused([](PrepareOptions& o) {
    o.tokenizer = "sentencepiece";
    o.vocab_size = 100;
  });
  refused([](PrepareOptions& o) {
    o.tokenizer = "sentencepiece";
    o.vocab_size = -1;
  });
  refused([](PrepareOptions& o) { o.corpus.stories_bytes = 0; });
}

}  // namespace
}  // namespace coldstart::data
