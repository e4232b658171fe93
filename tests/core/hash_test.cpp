#include "coldstart/core/hash.h"

#include <gtest/gtest.h>

namespace coldstart {
namespace {

TEST(Hash, IsXxh3OfTheBytes) {
  // Known answer of XXH3-64 for no input, from the xxHash specification.
  EXPECT_EQ(content_hash("", 0), 0x2D06800538D394C2u);
  EXPECT_EQ(hash_text(0x2Du), "000000000000002d");
}

TEST(Hash, StreamingEqualsOneShot) {
  const std::string text(100'000, 'x');
  Hasher hasher;
  for (size_t i = 0; i < text.size(); i += 777) hasher.add(std::string_view(text).substr(i, 777));
  EXPECT_EQ(hasher.digest(), content_hash(text.data(), text.size()));
}

}  // namespace
}  // namespace coldstart
