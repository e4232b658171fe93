// Fuzzes the readers of token shards, ours and llm.c's: any bytes are refused with a DataError, or
// every token can be read and is inside the vocabulary.
//
// A fuzzer does not guess checksums, so the same bytes are tried again with the right ones filled
// in: only then are the checks behind them reached.
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/hash.h"
#include "coldstart/data/shard_format.h"

namespace {

using namespace coldstart;

void read_all(std::string_view file) {
  try {
    const data::TokenView view = data::parse_shard(std::as_bytes(std::span(file)), "fuzz");
    std::vector<int32_t> tokens(static_cast<size_t>(view.size));
    view.read(0, tokens);
    for (const int32_t token : tokens)
      COLDSTART_CHECK(token >= 0 && token < view.vocab_size, "token {}", token);
  } catch (const DataError&) {
  }
}

std::string with_right_checksums(std::string file) {
  constexpr size_t kHeader = data::ShardHeader::kBytes, kChecksum = 40, kHeaderChecksum = 56;
  if (file.size() < kHeader) return file;
  const uint32_t version = data::ShardHeader::kVersion;
  data::ShardHeader::kMagic.copy(file.data(), data::ShardHeader::kMagic.size());
  std::memcpy(file.data() + 8, &version, sizeof version);
  const uint64_t payload = content_hash(file.data() + kHeader, file.size() - kHeader);
  std::memcpy(file.data() + kChecksum, &payload, sizeof payload);
  const uint64_t header = content_hash(file.data(), kHeaderChecksum);
  std::memcpy(file.data() + kHeaderChecksum, &header, sizeof header);
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string file(reinterpret_cast<const char*>(bytes), size);
  read_all(file);
  read_all(with_right_checksums(file));
  return 0;
}
