#include "coldstart/data/shard.h"

#include <cstring>
#include <string>

#include "coldstart/core/error.h"

namespace coldstart::data {

TokenShard::TokenShard(const std::filesystem::path& path)
    : path_(path), file_(path), view_(parse_shard(file_.bytes(), path.string())) {}

ShardWriter::ShardWriter(const std::filesystem::path& path, int64_t vocab_size)
    : file_(path), vocab_size_(vocab_size), width_(width_for_vocab(vocab_size)) {
  file_.write(std::string(ShardHeader::kBytes, '\0'));  // filled in by commit
}

void ShardWriter::append(std::span<const int32_t> tokens) {
  const auto width = static_cast<size_t>(width_);
  packed_.resize(tokens.size() * width);
  for (size_t i = 0; i < tokens.size(); ++i) {
    COLDSTART_CHECK(tokens[i] >= 0 && tokens[i] < vocab_size_, "token {} of vocabulary {}",
                    tokens[i], vocab_size_);
    std::memcpy(packed_.data() + i * width, &tokens[i], width);  // little-endian: low bytes first
  }
  file_.write(packed_.data(), packed_.size());
  hasher_.add(packed_.data(), packed_.size());
  size_ += static_cast<int64_t>(tokens.size());
}

void ShardWriter::sync(int64_t source_bytes) {
  const ShardHeader header{width_, vocab_size_, size_, source_bytes, checksum()};
  const std::string bytes = header.to_bytes();
  file_.write_at(0, bytes.data(), bytes.size());
  file_.sync();
}

void ShardWriter::commit(int64_t source_bytes) {
  sync(source_bytes);
  file_.commit();
}

}  // namespace coldstart::data
