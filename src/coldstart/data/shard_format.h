// The bytes of a token shard (docs/formats.md, "Token shards"), and of llm.c's token files.
//
// parse_shard checks everything before it trusts anything: magic, version, header checksum, sizes,
// payload checksum, and that every token is inside the vocabulary, so that no table is ever read
// out of bounds. It accepts any bytes whatsoever. Tests: tests/data/shard_test.cpp,
// tests/fuzz/shard_fuzz.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace coldstart::data {

// The hint of every error about a dataset that is damaged or does not fit together.
inline constexpr std::string_view kPrepareAgain =
    "prepare the text again: coldstart data prepare TEXT --out DIR --force (a dataset in a cache: "
    "delete its directory)";

// A non-owning view of tokens stored little-endian with 1, 2 or 4 bytes each.
struct TokenView {
  const std::byte* payload = nullptr;
  int64_t size = 0;          // tokens
  int width = 1;             // bytes a token
  int64_t vocab_size = 0;    // every token is below it
  int64_t source_bytes = 0;  // bytes of text the tokens stand for; 0 = not recorded
  uint64_t checksum = 0;     // XXH3-64 of the payload

  void read(int64_t begin, std::span<int32_t> tokens) const;  // tokens [begin, begin + size)
};

struct ShardHeader {
  static constexpr std::string_view kMagic = "CSTOKENS";
  static constexpr uint32_t kVersion = 1;
  static constexpr int64_t kBytes = 64;

  int width = 1;
  int64_t vocab_size = 0, size = 0, source_bytes = 0;
  uint64_t checksum = 0;

  std::string to_bytes() const;  // kBytes of them
};

int width_for_vocab(int64_t vocab_size);  // the smallest of 1, 2, 4 that holds every id

bool looks_like_shard(std::span<const std::byte> file);  // by its magic number alone

// `where` names the file in errors. DataError for anything but a sound shard.
TokenView parse_shard(std::span<const std::byte> file, std::string_view where);

}  // namespace coldstart::data
