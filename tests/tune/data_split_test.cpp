#include "coldstart/tune/data_split.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "coldstart/core/error.h"
#include "coldstart/data/dataset.h"
#include "tests/data/temp_dir.h"

namespace coldstart::tune {
namespace {

using data::TempDir;

// The numbered lines of a shard.
std::set<std::string> lines_of(const data::TokenShard& shard) {
  std::vector<int32_t> tokens(static_cast<size_t>(shard.size()));
  shard.view().read(0, tokens);
  std::string text;
  for (const int32_t token : tokens) text += static_cast<char>(token);
  std::set<std::string> lines;
  for (size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    lines.insert(text.substr(at, end - at));
  return lines;
}

TEST(TuneDataSplit, TheThreePartsShareNothing) {
  const TempDir directory;
  constexpr int kLines = 5000;
  {
    std::ofstream text(directory / "text.txt");
    for (int i = 0; i < kLines; ++i) text << "this is line number " << i << "\n";
  }
  const SplitText split =
      split_text((directory / "text.txt").string(), directory / "text", directory / "test");
  const data::Dataset chosen = data::open_prepared(directory / "text"),
                      kept = data::open_prepared(directory / "test");
  const auto train = lines_of(chosen.train), val = lines_of(chosen.val), test = lines_of(kept.val);
  EXPECT_EQ(train.size() + val.size() + test.size(), size_t{kLines});
  std::set<std::string> all = train;
  all.insert(val.begin(), val.end());
  all.insert(test.begin(), test.end());
  EXPECT_EQ(all.size(), size_t{kLines});
  EXPECT_GT(val.size(), 50u);
  EXPECT_GT(test.size(), 50u);
  EXPECT_EQ(split.test_tokens, kept.val.size());
  EXPECT_GT(split.unigram_nats, 2);
  EXPECT_LT(split.unigram_nats, 4);
  const SplitText planned = plan_split((directory / "text.txt").string());
  EXPECT_NEAR(static_cast<double>(planned.train_tokens), static_cast<double>(split.train_tokens),
              0.02 * static_cast<double>(split.train_tokens));
}

TEST(TuneDataSplit, PreparedDataIsRefused) {
  const TempDir directory;
  {
    std::ofstream text(directory / "text.txt");
    for (int i = 0; i < 2000; ++i) text << "line " << i << "\n";
  }
  split_text((directory / "text.txt").string(), directory / "text", directory / "test");
  EXPECT_THROW(plan_split((directory / "text").string()), ConfigError);
}

}  // namespace
}  // namespace coldstart::tune
