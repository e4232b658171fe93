#include "coldstart/data/manifest.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

Manifest sample() {
  Manifest m;
  m.id = "0123456789abcdef";
  m.tokenizer = "bytes";
  m.vocab_size = 256;
  m.sources = {"a.txt", "dir \"quoted\""};
  m.files = 3;
  m.block_bytes = 4096;
  m.val_fraction = 0.1;
  m.split_seed = 18446744073709551615u;
  m.train = {"train.bin", 900, 900, 9, "ff"};
  m.val = {"val.bin", 100, 100, 1, "ee"};
  return m;
}

TEST(Manifest, RoundTrips) {
  const Manifest back = Manifest::from_json(sample().to_json(), "test");
  EXPECT_EQ(back.to_json(), sample().to_json());
  EXPECT_EQ(back.split_seed, 18446744073709551615u);
  EXPECT_EQ(back.val.tokens, 100);
}

TEST(Manifest, ASourceThatIsNotUtf8IsWrittenAllTheSame) {
  Manifest m = sample();
  m.sources = {"caf\xE9.txt"};
  EXPECT_EQ(Manifest::from_json(m.to_json(), "test").sources.size(), 1u);
}

TEST(Manifest, DamagedForeignAndNewerOnesAreRefused) {
  const std::string good = sample().to_json();
  for (size_t size = 0; size + 2 < good.size(); size += 7)
    EXPECT_THROW(Manifest::from_json(good.substr(0, size), "test"), DataError) << size;
  EXPECT_THROW(Manifest::from_json("{}", "test"), DataError);
  EXPECT_THROW(Manifest::from_json("[1, 2]", "test"), DataError);
  std::string newer = good;
  newer.replace(newer.find("\"version\": 1"), 12, "\"version\": 2");
  try {
    Manifest::from_json(newer, "test");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(error.message().find("got 2, expected 1"), std::string::npos);
  }
  std::string wrong_type = good;
  wrong_type.replace(wrong_type.find("\"files\": 3"), 10, "\"files\": {}");
  EXPECT_THROW(Manifest::from_json(wrong_type, "test"), DataError);
}

TEST(Manifest, ADirectoryWithoutOneSaysHowToPrepare) {
  const TempDir directory;
  EXPECT_FALSE(has_manifest(directory.path()));
  try {
    read_manifest(directory.path());
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(error.hint().find("data prepare"), std::string::npos);
  }
}

}  // namespace
}  // namespace coldstart::data
