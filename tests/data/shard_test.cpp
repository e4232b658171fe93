#include "coldstart/data/shard.h"

#include <gtest/gtest.h>

#include <numeric>

#include "coldstart/core/error.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

std::vector<int32_t> tokens_below(int64_t vocab_size, int64_t count) {
  std::vector<int32_t> tokens(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i)
    tokens[static_cast<size_t>(i)] = static_cast<int32_t>((i * 7919 + vocab_size - 1) % vocab_size);
  return tokens;
}

void write_shard(const std::filesystem::path& path, int64_t vocab_size,
                 const std::vector<int32_t>& tokens) {
  ShardWriter writer(path, vocab_size);
  const auto half = static_cast<std::ptrdiff_t>(tokens.size() / 2);
  writer.append({tokens.begin(), tokens.begin() + half});
  writer.append({tokens.begin() + half, tokens.end()});
  writer.commit(4 * static_cast<int64_t>(tokens.size()));
}

std::string error_of(const std::string& file) {
  try {
    parse_shard(std::as_bytes(std::span(file.data(), file.size())), "some.bin");
  } catch (const DataError& error) {
    EXPECT_FALSE(error.hint().empty());
    EXPECT_EQ(error.message().rfind("[some.bin]", 0), 0u) << "the file is not named";
    return error.message();
  }
  return "no error";
}

std::string good_shard() {
  const TempDir directory;
  write_shard(directory / "t.bin", 300, tokens_below(300, 50));
  return read_file(directory / "t.bin");
}

TEST(Shard, RoundTripsWithTheSmallestWidth) {
  const TempDir directory;
  for (const auto& [vocab_size, width] : {std::pair<int64_t, int>{1, 1},
                                          {256, 1},
                                          {257, 2},
                                          {65536, 2},
                                          {65537, 4},
                                          {2147483647, 4}}) {
    const auto path = directory / "t.bin";
    const auto tokens = tokens_below(vocab_size, 1001);
    write_shard(path, vocab_size, tokens);
    EXPECT_EQ(std::filesystem::file_size(path), 64u + 1001u * static_cast<unsigned>(width));
    const TokenShard shard(path);
    EXPECT_EQ(shard.view().width, width);
    EXPECT_EQ(shard.view().vocab_size, vocab_size);
    EXPECT_EQ(shard.view().source_bytes, 4004);
    std::vector<int32_t> back(1001);
    shard.view().read(0, back);
    EXPECT_EQ(back, tokens);
    std::vector<int32_t> middle(10);
    shard.view().read(500, middle);
    EXPECT_TRUE(std::equal(middle.begin(), middle.end(), tokens.begin() + 500));
    EXPECT_THROW(shard.view().read(992, middle), std::logic_error);
  }
}

TEST(Shard, EmptyIsAllowed) {
  const TempDir directory;
  write_shard(directory / "t.bin", 256, {});
  EXPECT_EQ(TokenShard(directory / "t.bin").size(), 0);
}

TEST(Shard, EveryFlippedByteIsFound) {
  const std::string good = good_shard();
  ASSERT_EQ(error_of(good), "no error");
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    EXPECT_NE(error_of(bad), "no error") << "byte " << i;
  }
}

TEST(Shard, EveryTruncationAndAnyExtensionIsFound) {
  const std::string good = good_shard();
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(error_of(good.substr(0, size)), "no error") << size << " bytes";
  EXPECT_NE(error_of(good + "x").find("extra bytes"), std::string::npos);
}

TEST(Shard, ForeignFilesAreRefused) {
  EXPECT_NE(error_of("Once upon a time there was a text file that was no shard at all.")
                .find("no token shard"),
            std::string::npos);
  const TempDir directory;
  write_file_atomic(directory / "text.bin", "text");
  EXPECT_THROW(TokenShard(directory / "text.bin"), DataError);
  EXPECT_THROW(TokenShard(directory / "missing.bin"), ResourceError);
  EXPECT_THROW(TokenShard(directory.path()), ResourceError);
}

TEST(Shard, ATokenOutsideTheVocabularyIsFoundThoughTheChecksumsAgree) {
  const uint16_t payload[] = {1, 2, 300, 4};
  const ShardHeader header{2, 300, 4, 0, content_hash(payload, sizeof payload)};
  const std::string file =
      header.to_bytes() + std::string(reinterpret_cast<const char*>(payload), sizeof payload);
  EXPECT_NE(error_of(file).find("outside the vocabulary"), std::string::npos);
}

TEST(Shard, WriterWithoutCommitLeavesNothing) {
  const TempDir directory;
  {
    ShardWriter writer(directory / "t.bin", 256);
    writer.append(tokens_below(256, 1000));
    EXPECT_THROW(writer.append(std::vector<int32_t>{256}), std::logic_error);
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace coldstart::data
