#include "coldstart/data/tokenizer.h"

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/data/bytes_tokenizer.h"
#include "coldstart/data/sentencepiece_tokenizer.h"

namespace coldstart::data {

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  std::string text;
  text.reserve(ids.size() * 2);
  for (const int32_t id : ids) text += token_bytes(id);
  return text;
}

std::shared_ptr<const Tokenizer> load_tokenizer(std::string_view name,
                                                const std::filesystem::path& directory) {
  if (name == BytesTokenizer::kName) return std::make_shared<BytesTokenizer>();
  if (name == SentencePieceTokenizer::kName)
    return std::make_shared<SentencePieceTokenizer>(read_file(directory / kTokenizerModelFile));
  throw DataError("tokenizer",
                  fmt::format("unknown tokenizer; got '{}', expected bytes or sentencepiece", name),
                  "the dataset was written by another version of coldstart; prepare it again");
}

}  // namespace coldstart::data
