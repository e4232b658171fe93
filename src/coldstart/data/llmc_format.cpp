#include "coldstart/data/llmc_format.h"

#include <cstdint>
#include <cstring>

#include "coldstart/core/error.h"
#include "coldstart/core/hash.h"

namespace coldstart::data {

namespace {

constexpr size_t kHeaderBytes = 256 * sizeof(int32_t);

struct Variant {
  int32_t magic, version;
  int width;
  int64_t vocab_size;
};
constexpr Variant kVariants[] = {
    {20240520, 1, 2, 50257},
    {20240801, 7, 4, 128256},
};

int32_t header_field(std::span<const std::byte> file, size_t index) {
  int32_t value;
  std::memcpy(&value, file.data() + index * sizeof value, sizeof value);
  return value;
}

const Variant* find_variant(std::span<const std::byte> file) {
  if (file.size() < sizeof(int32_t)) return nullptr;
  for (const Variant& variant : kVariants)
    if (header_field(file, 0) == variant.magic) return &variant;
  return nullptr;
}

[[noreturn]] void refuse(std::string_view where, const std::string& what) {
  throw DataError(where, what, "the file is damaged or of a newer llm.c; write it again there");
}

}  // namespace

bool looks_like_llmc(std::span<const std::byte> file) { return find_variant(file) != nullptr; }

TokenView parse_llmc(std::span<const std::byte> file, std::string_view where) {
  const Variant* variant = find_variant(file);
  COLDSTART_CHECK(variant != nullptr, "{} is not of llm.c", where);
  if (file.size() < kHeaderBytes)
    refuse(where, fmt::format("the llm.c file is cut off in its header; got {} bytes, expected {}",
                              file.size(), kHeaderBytes));
  if (header_field(file, 1) != variant->version)
    refuse(where, fmt::format("the llm.c file has another version; got {}, expected {}",
                              header_field(file, 1), variant->version));
  const int64_t tokens = header_field(file, 2);
  const size_t payload_bytes = file.size() - kHeaderBytes;
  if (tokens < 0 ||
      static_cast<uint64_t>(tokens) * static_cast<uint64_t>(variant->width) != payload_bytes)
    refuse(where,
           fmt::format("the llm.c file is cut off or has extra bytes; got {} bytes of tokens, "
                       "expected {} tokens of {} bytes",
                       payload_bytes, tokens, variant->width));
  const std::byte* payload = file.data() + kHeaderBytes;
  return {payload,
          tokens,
          variant->width,
          variant->vocab_size,
          0,
          content_hash(payload, payload_bytes)};
}

}  // namespace coldstart::data
