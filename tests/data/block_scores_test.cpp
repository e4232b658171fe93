#include "coldstart/data/block_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"
#include "coldstart/data/bytes_tokenizer.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

using testing::HasSubstr;

// Blocks of one letter, of English, and of random bytes.
std::vector<int32_t> three_blocks() {
  const Rng rng(3, Stream::test);
  const std::string english = "the rain fell on the town and the people of the town ran home. ";
  std::vector<int32_t> tokens(static_cast<size_t>(3 * kScoredTokens), 'a');
  for (size_t i = 0; i < static_cast<size_t>(kScoredTokens); ++i) {
    tokens[static_cast<size_t>(kScoredTokens) + i] = english[i * 7 % 64 % english.size()];
    tokens[static_cast<size_t>(2 * kScoredTokens) + i] = static_cast<int32_t>(rng.below(i, 256));
  }
  return tokens;
}

BlockScores score(const std::vector<int32_t>& tokens, size_t piece) {
  const BytesTokenizer tokenizer;
  BlockScorer scorer(tokenizer);
  for (size_t at = 0; at < tokens.size(); at += piece)
    scorer.append(std::span(tokens).subspan(at, std::min(piece, tokens.size() - at)));
  return scorer.finish();
}

std::string error_of(const std::filesystem::path& path, const ScoreRecord& record) {
  try {
    read_scores(path, record);
  } catch (const DataError& error) {
    return error.message();
  }
  return "accepted";
}

TEST(BlockScores, RepetitionIsEasyAndNoiseIsHard) {
  EXPECT_EQ(compressed_bits_per_byte(""), 0);
  EXPECT_LT(compressed_bits_per_byte(std::string(10'000, 'x')), 0.1);
  const std::vector<float> scores = score(three_blocks(), 1000).bits_per_byte;
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_LT(scores[0], 0.3);
  EXPECT_LT(scores[0], scores[1]);
  EXPECT_LT(scores[1], scores[2]);
  EXPECT_GT(scores[2], 7.9) << "random bytes do not compress";
}

TEST(BlockScores, DependNeitherOnThePiecesNorOnTheThreads) {
  std::vector<int32_t> tokens = three_blocks();
  tokens.resize(tokens.size() - 100);
  const BlockScores whole = score(tokens, tokens.size());
  ASSERT_EQ(whole.bits_per_byte.size(), 3u) << "the last block may be shorter";
  const int before = thread_count();
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    for (const size_t piece : {1U, 7U, 513U})
      EXPECT_EQ(score(tokens, piece).bits_per_byte, whole.bits_per_byte);
  }
  set_thread_count(before);
}

TEST(BlockScores, SumsAreOfAllTokensBefore) {
  const BlockScores scores{.block_tokens = 4, .bits_per_byte = {1, 0.5, 2}};
  EXPECT_THAT(scores.sums(), testing::ElementsAre(0, 4, 6, 14));
}

TEST(BlockScores, TheFileIsReadBackOrRefused) {
  const TempDir temp;
  const BlockScores scores = score(three_blocks(), 1000);
  const auto path = temp / kScoresFile;
  AtomicFile file(path);
  const ScoreRecord record = write_scores(file, scores);
  file.commit();
  EXPECT_EQ(record.blocks, 3);
  EXPECT_EQ(read_scores(path, record).bits_per_byte, scores.bits_per_byte);

  ScoreRecord other = record;
  other.checksum = "0123456789abcdef";
  EXPECT_THAT(error_of(path, other), HasSubstr("belong to another dataset"));
  const std::string good = read_file(path);
  std::string bytes = good;
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file_atomic(path, bytes);
  EXPECT_THAT(error_of(path, record), HasSubstr("damaged"));
  for (size_t size = 0; size < good.size(); size += 3) {
    write_file_atomic(path, good.substr(0, size));
    EXPECT_NE(error_of(path, record), "accepted") << size;
  }
  write_file_atomic(path, "CSWRONGS" + good.substr(8));
  EXPECT_THAT(error_of(path, record), HasSubstr("no block scores"));
  std::filesystem::remove(path);
  EXPECT_THAT(error_of(path, record), HasSubstr("missing"));
}

}  // namespace
}  // namespace coldstart::data
