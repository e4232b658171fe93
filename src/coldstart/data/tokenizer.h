// Tokenizer: bytes -> token ids -> the same bytes.
//
// The promise of every tokenizer here: decode(encode(x)) == x for ANY bytes x, and decode is the
// concatenation of token_bytes, so text can be streamed token by token. Same text and options give
// the same model file. Tests: tests/data/{bytes,sentencepiece}_tokenizer_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::data {

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  virtual std::string_view name() const = 0;  // "bytes", "sentencepiece"
  virtual int64_t vocab_size() const = 0;
  virtual std::vector<int32_t> encode(std::string_view bytes) const = 0;  // thread-safe

  // The bytes a token stands for. DataError when the id is outside the vocabulary.
  virtual std::string token_bytes(int32_t id) const = 0;

  // The model file that is stored beside the shards; empty when the name says it all.
  virtual std::string model() const { return {}; }

  std::string decode(std::span<const int32_t> ids) const;
};

inline constexpr std::string_view kTokenizerModelFile = "tokenizer.model";

// The tokenizer called `name` of a prepared directory, its model from directory/tokenizer.model.
std::shared_ptr<const Tokenizer> load_tokenizer(std::string_view name,
                                                const std::filesystem::path& directory);

}  // namespace coldstart::data
