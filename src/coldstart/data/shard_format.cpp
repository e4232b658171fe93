#include "coldstart/data/shard_format.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "coldstart/core/error.h"
#include "coldstart/core/hash.h"
#include "coldstart/data/llmc_format.h"

namespace coldstart::data {

static_assert(std::endian::native == std::endian::little, "shards are little-endian");

namespace {

// On-disk layout of the 64-byte header.
struct RawHeader {
  char magic[8];
  uint32_t version;
  uint32_t width;
  uint64_t vocab_size;
  uint64_t size;
  uint64_t source_bytes;
  uint64_t checksum;
  uint64_t reserved;
  uint64_t header_checksum;  // XXH3-64 of the 56 bytes above
};
static_assert(sizeof(RawHeader) == ShardHeader::kBytes);
constexpr size_t kCheckedHeaderBytes = offsetof(RawHeader, header_checksum);
constexpr uint64_t kMaxVocab = std::numeric_limits<int32_t>::max();

template <class T>
T token_at(const std::byte* payload, int64_t i) {
  T token;
  std::memcpy(&token, payload + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return token;
}

template <class T>
int64_t largest(const TokenView& view) {
  T result = 0;
  for (int64_t i = 0; i < view.size; ++i) result = std::max(result, token_at<T>(view.payload, i));
  return result;
}

int64_t largest_token(const TokenView& view) {
  if (view.width == 1) return largest<uint8_t>(view);
  return view.width == 2 ? largest<uint16_t>(view) : largest<uint32_t>(view);
}

template <class T>
void widen(const std::byte* payload, std::span<int32_t> tokens) {
  for (size_t i = 0; i < tokens.size(); ++i)
    tokens[i] = static_cast<int32_t>(token_at<T>(payload, static_cast<int64_t>(i)));
}

[[noreturn]] void refuse(std::string_view where, const std::string& what) {
  throw DataError(where, what, kPrepareAgain);
}

TokenView parse_own(std::span<const std::byte> file, std::string_view where) {
  if (file.size() < ShardHeader::kBytes)
    refuse(where,
           fmt::format("the shard is cut off in its header; got {} bytes, expected at least {}",
                       file.size(), ShardHeader::kBytes));
  RawHeader raw;
  std::memcpy(&raw, file.data(), sizeof raw);
  if (raw.version != ShardHeader::kVersion)
    refuse(where, fmt::format("the shard has another version; got {}, expected {}", raw.version,
                              ShardHeader::kVersion));
  if (raw.header_checksum != content_hash(file.data(), kCheckedHeaderBytes))
    refuse(where, "the header of the shard is damaged (checksum differs)");
  if (raw.vocab_size == 0 || raw.vocab_size > kMaxVocab ||
      raw.width != static_cast<uint32_t>(width_for_vocab(static_cast<int64_t>(raw.vocab_size))))
    refuse(where,
           fmt::format("the shard has an impossible header; got token width {}, vocabulary {}",
                       raw.width, raw.vocab_size));
  const uint64_t payload_bytes = file.size() - ShardHeader::kBytes;
  if (raw.size != payload_bytes / raw.width || payload_bytes % raw.width != 0)
    refuse(where, fmt::format("the shard is cut off or has extra bytes; got {} bytes of tokens, "
                              "expected {} tokens of {} bytes",
                              payload_bytes, raw.size, raw.width));
  if (raw.source_bytes > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    refuse(where, fmt::format("the shard has an impossible header; got {} source bytes",
                              raw.source_bytes));
  const std::byte* payload = file.data() + ShardHeader::kBytes;
  if (raw.checksum != content_hash(payload, payload_bytes))
    refuse(where, "the tokens of the shard are damaged (checksum differs)");
  return {payload,
          static_cast<int64_t>(raw.size),
          static_cast<int>(raw.width),
          static_cast<int64_t>(raw.vocab_size),
          static_cast<int64_t>(raw.source_bytes),
          raw.checksum};
}

}  // namespace

void TokenView::read(int64_t begin, std::span<int32_t> tokens) const {
  const auto count = static_cast<int64_t>(tokens.size());
  COLDSTART_CHECK(begin >= 0 && count <= size - begin, "tokens [{}, {}) of {}", begin,
                  begin + count, size);
  const std::byte* first = payload + begin * width;
  if (width == 1) return widen<uint8_t>(first, tokens);
  return width == 2 ? widen<uint16_t>(first, tokens) : widen<uint32_t>(first, tokens);
}

std::string ShardHeader::to_bytes() const {
  RawHeader raw{};
  kMagic.copy(raw.magic, sizeof raw.magic);
  raw.version = kVersion;
  raw.width = static_cast<uint32_t>(width);
  raw.vocab_size = static_cast<uint64_t>(vocab_size);
  raw.size = static_cast<uint64_t>(size);
  raw.source_bytes = static_cast<uint64_t>(source_bytes);
  raw.checksum = checksum;
  raw.header_checksum = content_hash(&raw, kCheckedHeaderBytes);
  return std::string(reinterpret_cast<const char*>(&raw), sizeof raw);
}

int width_for_vocab(int64_t vocab_size) {
  if (vocab_size <= 1 << 8) return 1;
  return vocab_size <= 1 << 16 ? 2 : 4;
}

bool looks_like_shard(std::span<const std::byte> file) {
  return looks_like_llmc(file) ||
         (file.size() >= ShardHeader::kMagic.size() &&
          std::memcmp(file.data(), ShardHeader::kMagic.data(), ShardHeader::kMagic.size()) == 0);
}

TokenView parse_shard(std::span<const std::byte> file, std::string_view where) {
  if (!looks_like_shard(file))
    throw DataError(where,
                    "this is no token shard; expected a file that starts with CSTOKENS or with "
                    "llm.c's magic number",
                    "text has to be prepared first: coldstart data prepare TEXT --out DIR");
  const TokenView view = looks_like_llmc(file) ? parse_llmc(file, where) : parse_own(file, where);
  if (const int64_t token = largest_token(view); token >= view.vocab_size)
    refuse(where, fmt::format("a token is outside the vocabulary; got {}, expected below {}", token,
                              view.vocab_size));
  return view;
}

}  // namespace coldstart::data
