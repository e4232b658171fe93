// Bytes as tokens: id = value of the byte, vocabulary 256. Needs no training and no file.
// Test: tests/data/bytes_tokenizer_test.cpp.
#pragma once

#include "coldstart/data/tokenizer.h"

namespace coldstart::data {

class BytesTokenizer final : public Tokenizer {
 public:
  static constexpr std::string_view kName = "bytes";

  std::string_view name() const override { return kName; }
  int64_t vocab_size() const override { return 256; }
  std::vector<int32_t> encode(std::string_view bytes) const override;
  std::string token_bytes(int32_t id) const override;
};

}  // namespace coldstart::data
