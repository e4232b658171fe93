// Token shards on disk: a checked, memory-mapped reader and an atomic writer.
// Format: docs/formats.md, "Token shards". Test: tests/data/shard_test.cpp.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "coldstart/core/files.h"
#include "coldstart/core/hash.h"
#include "coldstart/data/shard_format.h"

namespace coldstart::data {

// A shard opened for reading; also opens llm.c's .bin token files. All checks, the checksum among
// them, are made once, here: DataError when one fails, ResourceError when the file cannot be read.
class TokenShard {
 public:
  explicit TokenShard(const std::filesystem::path& path);

  const TokenView& view() const { return view_; }
  int64_t size() const { return view_.size; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  MappedFile file_;
  TokenView view_;
};

// A shard in the making; destroyed without commit, it leaves nothing behind.
class ShardWriter {
 public:
  ShardWriter(const std::filesystem::path& path, int64_t vocab_size);

  void append(std::span<const int32_t> tokens);
  int64_t size() const { return size_; }
  uint64_t checksum() const { return hasher_.digest(); }
  void sync(int64_t source_bytes);  // header and tokens are on the disk, under a temporary name
  void commit(int64_t source_bytes);

 private:
  AtomicFile file_;
  int64_t vocab_size_;
  int width_;
  int64_t size_ = 0;
  Hasher hasher_;
  std::vector<std::byte> packed_;
};

}  // namespace coldstart::data
