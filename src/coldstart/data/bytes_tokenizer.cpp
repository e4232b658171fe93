#include "coldstart/data/bytes_tokenizer.h"

#include "coldstart/core/error.h"

namespace coldstart::data {

std::vector<int32_t> BytesTokenizer::encode(std::string_view bytes) const {
  std::vector<int32_t> ids(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) ids[i] = static_cast<unsigned char>(bytes[i]);
  return ids;
}

std::string BytesTokenizer::token_bytes(int32_t id) const {
  if (id < 0 || id > 255)
    throw DataError("bytes tokenizer",
                    fmt::format("token outside the vocabulary; got {}, expected 0..255", id),
                    "the tokens come from another tokenizer");
  return std::string(1, static_cast<char>(id));
}

}  // namespace coldstart::data
