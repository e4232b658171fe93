// Manifest: data.json, the file that makes a directory a dataset. It is written last, so a
// directory without it is no dataset. Format: docs/formats.md, "Datasets". Test:
// tests/data/manifest_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/data/block_scores.h"

namespace coldstart::data {

inline constexpr const char* kManifestFile = "data.json";

struct ShardRecord {
  std::string file;
  int64_t tokens = 0, bytes = 0, blocks = 0;
  std::string checksum;  // of the shard's payload
};

struct Manifest {
  static constexpr int64_t kVersion = 1;

  std::string id;  // hash of everything a run can see: both shards and the tokenizer
  std::string tokenizer;
  int64_t vocab_size = 0;
  std::vector<std::string> sources;  // as they were given
  int64_t files = 0, block_bytes = 0;
  double val_fraction = 0;
  uint64_t split_seed = 0;
  ShardRecord train, val;
  std::optional<ScoreRecord> scores;  // of the training shard; datasets of before have none

  std::string to_json() const;
  // DataError when the text is no manifest of this version; `where` names it in errors.
  static Manifest from_json(const std::string& json, const std::string& where);
};

// The manifest of a prepared directory; DataError when it holds none.
Manifest read_manifest(const std::filesystem::path& directory);
bool has_manifest(const std::filesystem::path& directory);

}  // namespace coldstart::data
