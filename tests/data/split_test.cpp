#include "coldstart/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "coldstart/core/error.h"
#include "coldstart/data/stories.h"

namespace coldstart::data {
namespace {

std::string joined(const std::vector<Block>& blocks) {
  std::string text;
  for (const Block& block : blocks) text += block.text;
  return text;
}

int64_t validation_blocks(const std::vector<Block>& blocks) {
  return std::count_if(blocks.begin(), blocks.end(), [](const Block& b) { return b.validation; });
}

TEST(Split, EveryByteIsInExactlyOneBlockAndBlocksAreWholeLines) {
  const std::string text = tell_stories(1, 300'000);
  const auto blocks = split_blocks(text, {});
  EXPECT_EQ(joined(blocks), text);
  for (const Block& block : blocks) EXPECT_EQ(block.text.back(), '\n');
  const auto count = static_cast<int64_t>(blocks.size());
  EXPECT_GE(count, 20);
  EXPECT_EQ(validation_blocks(blocks), (count + 5) / 10);
}

TEST(Split, TextWithoutLinesIsCutBetweenCharacters) {
  std::string text;
  while (text.size() < 40'000) text += "\u2581\u00e9";
  const auto blocks = split_blocks(text, {});
  EXPECT_EQ(joined(blocks), text);
  EXPECT_GE(blocks.size(), 10u);
  for (const Block& block : blocks)
    EXPECT_NE(static_cast<unsigned char>(block.text[0]) & 0xC0, 0x80);
}

TEST(Split, AnyBytesAndAnySizeAreSplitWithoutLoss) {
  for (const size_t size : {3u, 4u, 19u, 20u, 39u, 40u, 41u, 1000u}) {
    const std::string text(size, '\xFF');
    const auto blocks = split_blocks(text, {});
    EXPECT_EQ(joined(blocks), text);
    EXPECT_GE(validation_blocks(blocks), 1);
    EXPECT_LT(validation_blocks(blocks), static_cast<int64_t>(blocks.size()));
  }
}

TEST(Split, BothSidesGetSomethingWhateverTheFraction) {
  const std::string text = tell_stories(1, 20'000);
  for (const double fraction : {1e-9, 0.5, 1 - 1e-9}) {
    const auto blocks = split_blocks(text, {fraction, 0, 1});
    EXPECT_GE(validation_blocks(blocks), 1);
    EXPECT_LT(validation_blocks(blocks), static_cast<int64_t>(blocks.size()));
  }
}

TEST(Split, SeedChoosesTheBlocks) {
  const std::string text = tell_stories(1, 300'000);
  std::set<std::vector<bool>> choices;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    std::vector<bool> choice;
    for (const Block& block : split_blocks(text, {0.1, 0, seed}))
      choice.push_back(block.validation);
    choices.insert(choice);
  }
  EXPECT_EQ(choices.size(), 10u);
}

TEST(Split, DefaultBlocks) {
  EXPECT_EQ(default_block_bytes(100'000'000), 64 << 10);
  EXPECT_EQ(default_block_bytes(1'000'000), 10'000);
  EXPECT_EQ(default_block_bytes(200'000), 4096);
  EXPECT_EQ(default_block_bytes(20'000), 1000);
  EXPECT_EQ(default_block_bytes(5), 1);
}

TEST(Split, ImpossibleOptionsAndTooShortTextAreErrors) {
  EXPECT_THROW(split_blocks("text\nmore\n", {0.0, 0, 1}), ConfigError);
  EXPECT_THROW(split_blocks("text\nmore\n", {1.0, 0, 1}), ConfigError);
  EXPECT_THROW(split_blocks("text\nmore\n", {0.1, -1, 1}), ConfigError);
  try {
    split_blocks("short", {0.1, 4096, 1});
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(error.message().find("got 5 bytes in 1 block"), std::string::npos) << error.message();
    EXPECT_NE(error.hint().find("--block-bytes"), std::string::npos);
  }
}

}  // namespace
}  // namespace coldstart::data
