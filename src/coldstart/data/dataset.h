// Dataset: what a run trains on. open_dataset turns whatever the user named into one.
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

#include "coldstart/data/prepare.h"
#include "coldstart/data/shard.h"
#include "coldstart/data/tokenizer.h"

namespace coldstart::data {

struct Dataset {
  TokenShard train, val;
  std::shared_ptr<const Tokenizer> tokenizer;  // null for llm.c token files, which bring none
  std::string id;                              // hash of shards and tokenizer
  std::filesystem::path directory;             // where the shards are

  int64_t vocab_size() const { return train.view().vocab_size; }
  // Bytes of text a validation token stands for; empty when the shard does not know (llm.c).
  std::optional<double> bytes_per_token() const;
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
