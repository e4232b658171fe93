// Subword tokenizer: a SentencePiece BPE or unigram model with byte fallback, made exact.
//
// SentencePiece alone does not give every byte back: it reads invalid UTF-8 as U+FFFD, uses U+2581
// for the space, and stops at NUL when it trains. So the text is first cut into segments (a line
// with the line feeds that follow it, at most kSegmentBytes); what SentencePiece cannot hold is
// emitted as byte tokens <0xNN> here, the rest goes to the library, with identity normalisation and
// no dummy prefix. No token spans a segment. Kudo & Richardson, "SentencePiece", EMNLP 2018.
// Test: tests/data/sentencepiece_tokenizer_test.cpp.
#pragma once

#include "coldstart/data/tokenizer.h"

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace coldstart::data {

struct SentencePieceOptions {
  int64_t vocab_size = 4096;
  std::string model_type = "bpe";  // or "unigram"
};

class SentencePieceTokenizer final : public Tokenizer {
 public:
  static constexpr std::string_view kName = "sentencepiece";
  static constexpr size_t kSegmentBytes = 4096;
  // Training reads at most this much of the text, in lines spread evenly over it.
  static constexpr size_t kTrainingBytes = size_t{32} << 20;

  // Deterministic in (text, options). DataError when the text cannot fill the vocabulary.
  static std::shared_ptr<const SentencePieceTokenizer> train(std::string_view text,
                                                             const SentencePieceOptions& options);

  explicit SentencePieceTokenizer(std::string model);
  ~SentencePieceTokenizer() override;

  std::string_view name() const override { return kName; }
  int64_t vocab_size() const override { return static_cast<int64_t>(token_bytes_.size()); }
  std::vector<int32_t> encode(std::string_view bytes) const override;
  std::string token_bytes(int32_t id) const override;
  std::string model() const override { return model_; }

 private:
  void encode_segment(std::string_view segment, std::vector<int32_t>& ids) const;

  std::string model_;
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
  std::vector<std::string> token_bytes_;  // id -> bytes
  std::vector<int32_t> byte_ids_;         // byte -> id of <0xNN>
};

}  // namespace coldstart::data
