// Dataset: text as tokens, what a GPT trains on. open_dataset turns whatever the user named into
// one.
//
//   auto dataset = data::open_dataset("builtin:headers", options, run_directory / "data");
//   data::BatchLoader loader(dataset.train.view(), context, seed);
//   data::EvalSet validation(dataset.val.view(), context, eval_tokens);
// Test: tests/data/dataset_test.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "coldstart/data/block_scores.h"
#include "coldstart/data/prepare.h"
#include "coldstart/data/shard.h"
#include "coldstart/data/source.h"
#include "coldstart/data/tokenizer.h"

namespace coldstart::data {

struct Dataset : Source {
  Dataset(TokenShard train_shard, TokenShard val_shard, std::filesystem::path place)
      : train(std::move(train_shard)), val(std::move(val_shard)), directory(std::move(place)) {}

  Facts facts() const override { return {.vocab = vocab_size(), .training_tokens = train.size()}; }
  int64_t vocab_size() const { return train.view().vocab_size; }
  std::string describe() const override;
  std::unique_ptr<Loader> loader(int64_t T, uint64_t seed) const override;
  std::unique_ptr<GradedLoader> graded_loader(int64_t T, uint64_t seed,
                                              bool hardest_first) const override;
  std::unique_ptr<EvalSource> eval_source(Split split, int64_t T,
                                          int64_t max_tokens) const override;
  // Bytes of text a validation token stands for; empty when the shard does not know (llm.c).
  std::optional<double> bytes_per_token() const;
  // Difficulty of the training blocks. DataError, with what to do, when there is none.
  BlockScores block_scores() const;

  TokenShard train, val;
  std::filesystem::path directory;         // where the shards are
  std::optional<ScoreRecord> scores = {};  // none: prepared before there were any, or llm.c
};

// `path` is one of
//   a prepared directory         opened as it is; the options are not used
//   NAME_train.bin, train.bin    a shard or llm.c token file, with NAME_val.bin or val.bin beside
//   it a text file or directory,    prepared with the options into cache/<hash of text and
//   options>, builtin:headers, builtin:stories   or found there from before
// DataError, ConfigError or ResourceError with a hint when it cannot be had.
Dataset open_dataset(const std::string& path, const PrepareOptions& options,
                     const std::filesystem::path& cache);

// A prepared directory. DataError when manifest, shards and tokenizer do not belong together.
Dataset open_prepared(const std::filesystem::path& directory);

}  // namespace coldstart::data
