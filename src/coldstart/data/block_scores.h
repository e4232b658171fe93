// How hard each block of a training shard is to compress: the difficulty that orders a curriculum.
//
//   block k = tokens [k * 512, (k+1) * 512) of the shard; the last one may be shorter
//   score   = 8 * |deflate(text of the block)| / |text|      bits a byte; low: repetitive, easy
// Every block is compressed on its own (raw deflate, level 9), so a score says what is in the block
// and nothing of its surroundings. Kept in train.scores beside the shard (docs/formats.md, "Block
// scores"). Bengio et al., "Curriculum Learning", ICML 2009. Test:
// tests/data/block_scores_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/core/files.h"
#include "coldstart/data/tokenizer.h"

namespace coldstart::data {

inline constexpr const char* kScoresFile = "train.scores";
inline constexpr int64_t kScoredTokens = 512;  // a block

// What data.json says of the file.
struct ScoreRecord {
  std::string file;
  int64_t block_tokens = 0, blocks = 0;
  std::string checksum;  // of the scores
};

struct BlockScores {
  int64_t block_tokens = kScoredTokens;
  std::vector<float> bits_per_byte;  // one a block

  std::string checksum() const;  // 16 hexadecimal digits
  // Sum of score * tokens over all blocks before block k, for k = 0 .. blocks; for the means of
  // many ranges.
  std::vector<double> sums() const;
};

// Bits a byte of one text; 0 for none.
double compressed_bits_per_byte(std::string_view text);

// Scores of tokens that come in pieces of any size; same scores for any number of threads.
class BlockScorer {
 public:
  explicit BlockScorer(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  void append(std::span<const int32_t> tokens);
  BlockScores finish();  // the rest, as the last block

 private:
  void score(std::span<const int32_t> tokens);  // whole blocks, but for the last

  const Tokenizer& tokenizer_;
  std::vector<int32_t> pending_;
  BlockScores scores_;
};

// Writes and syncs under the temporary name; the record for the manifest.
ScoreRecord write_scores(AtomicFile& file, const BlockScores& scores);
// DataError, with a hint, when the file is not the one of the record.
BlockScores read_scores(const std::filesystem::path& path, const ScoreRecord& record);

}  // namespace coldstart::data
