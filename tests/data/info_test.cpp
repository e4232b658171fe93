#include "coldstart/data/info.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/data/bytes_tokenizer.h"
#include "coldstart/data/prepare.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

TEST(Info, CountsAndEntropyInClosedForm) {
  const TempDir directory;
  ShardWriter writer(directory / "t.bin", 256);
  writer.append(std::vector<int32_t>{'a', 'a', 'a', 'a', 'b', 'b', 'c', '\n'});
  writer.commit(8);
  const BytesTokenizer tokenizer;
  const ShardInfo info = inspect_shard(TokenShard(directory / "t.bin"), &tokenizer);
  EXPECT_EQ(info.tokens, 8);
  EXPECT_EQ(info.used_vocab, 4);
  EXPECT_DOUBLE_EQ(info.entropy_bits, 1.75);  // 1/2*1 + 1/4*2 + 2 * 1/8*3
  EXPECT_DOUBLE_EQ(info.bytes_per_token(), 1);
  ASSERT_EQ(info.top.size(), 4u);
  EXPECT_EQ(info.top[0].text, "a");
  EXPECT_EQ(info.top[0].count, 4);
  EXPECT_EQ(info.top[2].text, "\\n") << "equal counts in the order of the ids";
  EXPECT_EQ(info.samples.at(0), "aaaabbc\n");
}

TEST(Info, WithoutATokenizerShowsIds) {
  const TempDir directory;
  ShardWriter writer(directory / "t.bin", 50257);
  writer.append(std::vector<int32_t>{50256, 3});
  writer.commit(0);
  const DataInfo info = inspect(directory / "t.bin");
  EXPECT_TRUE(info.tokenizer.empty());
  EXPECT_EQ(info.shards.at(0).samples.at(0), "50256 3");
  EXPECT_EQ(info.shards.at(0).bytes_per_token(), 0);
  EXPECT_NE(info.to_text().find("tokenizer    unknown"), std::string::npos);
}

TEST(Info, OfADirectoryAndOfItsShard) {
  const TempDir directory;
  PrepareOptions options;
  options.corpus.stories_bytes = 20'000;
  prepare({"builtin:stories"}, options, directory / "d");
  const auto json = nlohmann::json::parse(inspect(directory / "d").to_json());
  EXPECT_EQ(json["vocab_size"], 256);
  EXPECT_EQ(json["shards"][0]["file"], "train.bin");
  EXPECT_EQ(json["shards"][1]["file"], "val.bin");
  EXPECT_EQ(json["shards"][0]["samples"].size(), 3u);
  EXPECT_EQ(inspect(directory / "d/val.bin").tokenizer, "bytes") << "from the manifest beside it";
}

TEST(Info, AnEmptyShardHasNothingToShow) {
  const TempDir directory;
  ShardWriter(directory / "t.bin", 256).commit(0);
  const DataInfo info = inspect(directory / "t.bin");
  EXPECT_EQ(info.shards.at(0).used_vocab, 0);
  EXPECT_EQ(info.shards.at(0).entropy_bits, 0);
  EXPECT_FALSE(info.to_text().empty());
}

TEST(Info, OfTheScores) {
  const BytesTokenizer tokenizer;
  std::string text(static_cast<size_t>(kScoredTokens), 'a');
  for (int i = 0; i < kScoredTokens; ++i) text += static_cast<char>('a' + i * i % 23);
  const TempDir directory;
  ShardWriter writer(directory / "t.bin", 256);
  writer.append(tokenizer.encode(text));
  writer.commit(std::ssize(text));
  const TokenShard shard(directory / "t.bin");
  BlockScorer scorer(tokenizer);
  scorer.append(tokenizer.encode(text));
  const BlockScores scores = scorer.finish();
  const ScoreInfo info = inspect_scores(scores, shard.view(), tokenizer);
  EXPECT_EQ(info.blocks, 2);
  EXPECT_EQ(info.lowest, scores.bits_per_byte[0]);
  EXPECT_EQ(info.highest, scores.bits_per_byte[1]);
  EXPECT_DOUBLE_EQ(info.median, (info.lowest + info.highest) / 2);
  EXPECT_DOUBLE_EQ(info.mean, info.median);
  EXPECT_TRUE(info.easiest.starts_with("aaaa"));
  EXPECT_FALSE(info.hardest.starts_with("aaaa"));
}

TEST(Info, OfAPreparedDirectoryIncludesItsScores) {
  const TempDir directory;
  PrepareOptions options;
  options.corpus.stories_bytes = 20'000;
  prepare({"builtin:stories"}, options, directory / "d");
  const DataInfo info = inspect(directory / "d");
  ASSERT_TRUE(info.scores.has_value());
  EXPECT_EQ(info.scores->blocks, (info.shards.at(0).tokens + kScoredTokens - 1) / kScoredTokens);
  EXPECT_GT(info.scores->lowest, 0);
  EXPECT_LE(info.scores->quarter, info.scores->median);
  EXPECT_NE(info.to_text().find("bits a byte  mean"), std::string::npos);
  const auto json = nlohmann::json::parse(info.to_json());
  EXPECT_EQ(json["scores"]["median"], info.scores->median);
}

TEST(Info, WhatIsNoDatasetIsAnError) {
  const TempDir directory;
  EXPECT_THROW(inspect(directory.path()), DataError);
  EXPECT_THROW(inspect(directory / "missing"), ResourceError);
  write_file_atomic(directory / "text.txt",
                    "just some text, long enough to have a header or two of it...");
  EXPECT_THROW(inspect(directory / "text.txt"), DataError);
}

}  // namespace
}  // namespace coldstart::data
