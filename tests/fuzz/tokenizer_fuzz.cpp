// Fuzzes the round trip of the subword tokenizer: decode(encode(x)) == x for any bytes x.
#include <string>

#include "coldstart/core/error.h"
#include "coldstart/data/sentencepiece_tokenizer.h"
#include "coldstart/data/stories.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace coldstart;
  static const auto tokenizer =
      data::SentencePieceTokenizer::train(data::tell_stories(1, 50'000), {400, "unigram"});
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  COLDSTART_CHECK(tokenizer->decode(tokenizer->encode(text)) == text, "a round trip changed bytes");
  return 0;
}
