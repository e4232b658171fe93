// What is in a dataset or a shard: counts, unigram entropy, most frequent tokens, samples of text.
//
// The entropy of the unigrams, H = -sum_i p_i log2 p_i with p_i = count_i / tokens, is the loss (in
// bits a token) of a model that knows how often each token comes and nothing else: training has to
// get below it. Test: tests/data/info_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/data/block_scores.h"
#include "coldstart/data/shard.h"
#include "coldstart/data/tokenizer.h"

namespace coldstart::data {

struct TokenCount {
  int32_t id = 0;
  int64_t count = 0;
  std::string text;  // printable; empty without a tokenizer
};

struct ShardInfo {
  std::string file;
  int64_t tokens = 0;
  int64_t source_bytes = 0;  // 0 = not recorded
  int token_width = 1;
  int64_t used_vocab = 0;   // different tokens that occur
  double entropy_bits = 0;  // of the unigrams, a token
  std::vector<TokenCount> top;
  std::vector<std::string> samples;  // printable; token ids without a tokenizer

  double bytes_per_token() const;  // 0 = not recorded
};

// Of the blocks of the training shard, in bits a byte.
struct ScoreInfo {
  int64_t blocks = 0, block_tokens = 0;
  double mean = 0, lowest = 0, quarter = 0, median = 0, three_quarters = 0, highest = 0;
  std::string easiest, hardest;  // the beginning of such a block, printable
};

struct DataInfo {
  std::string path, id;   // id: empty for a single shard
  std::string tokenizer;  // empty when unknown
  std::vector<std::string> sources;
  int64_t vocab_size = 0;
  std::vector<ShardInfo> shards;
  std::optional<ScoreInfo> scores;  // a prepared directory that has them

  std::string to_json() const;
  std::string to_text() const;
};

ScoreInfo inspect_scores(const BlockScores& scores, const TokenView& train,
                         const Tokenizer& tokenizer);

// tokenizer may be null.
ShardInfo inspect_shard(const TokenShard& shard, const Tokenizer* tokenizer);

// A prepared directory, or one shard or llm.c token file (with the tokenizer of its directory's
// manifest, when that lists it). Errors as for opening them.
DataInfo inspect(const std::filesystem::path& path);

}  // namespace coldstart::data
