#include "coldstart/data/bytes_tokenizer.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::data {
namespace {

TEST(BytesTokenizer, EveryByteRoundTrips) {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) text.push_back(static_cast<char>(byte));
  const BytesTokenizer tokenizer;
  const auto ids = tokenizer.encode(text);
  ASSERT_EQ(ids.size(), 256u);
  EXPECT_EQ(ids[0xE9], 0xE9);
  EXPECT_EQ(tokenizer.decode(ids), text);
}

TEST(BytesTokenizer, RefusesForeignIds) {
  EXPECT_THROW(BytesTokenizer().token_bytes(256), DataError);
  EXPECT_THROW(BytesTokenizer().token_bytes(-1), DataError);
}

TEST(Tokenizer, UnknownNameIsAnError) { EXPECT_THROW(load_tokenizer("words", "."), DataError); }

}  // namespace
}  // namespace coldstart::data
