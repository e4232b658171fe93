#include "coldstart/data/stories.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>

#include "coldstart/core/hash.h"
#include "coldstart/data/story_plots.h"
#include "coldstart/data/story_teller.h"

namespace coldstart::data {
namespace {

TEST(Stories, AreTheSameBytesEverywhere) {
  // Pinned: studies on other machines and in other years compare against these bytes.
  const std::string text = tell_stories(1, 1'000'000);
  EXPECT_EQ(hash_text(content_hash(text.data(), text.size())), "09512e231f7505a9");
}

TEST(Stories, ALongerCorpusBeginsWithTheShorterAndWithWholeStories) {
  const std::string shorter = tell_stories(3, 10'000), longer = tell_stories(3, 50'000);
  EXPECT_GE(shorter.size(), 10'000u);
  EXPECT_LT(shorter.size(), 12'000u);
  EXPECT_EQ(longer.substr(0, shorter.size()), shorter);
  EXPECT_TRUE(shorter.ends_with("\nThe end.\n\n"));
  EXPECT_TRUE(shorter.starts_with(tell_story(3, 0) + tell_story(3, 1)));
}

TEST(Stories, DifferFromEachOtherAndFromSeedToSeed) {
  std::set<std::string> stories;
  for (uint64_t i = 0; i < 2000; ++i) stories.insert(tell_story(1, i));
  EXPECT_GE(stories.size(), 1990u);
  EXPECT_NE(tell_story(1, 0), tell_story(2, 0));
}

TEST(Stories, EveryPlotIsTold) {
  const auto plots = story_plots();
  for (const StoryPlot& plot : plots) {
    StoryTeller teller(1, 0);
    EXPECT_FALSE(plot.tell(teller).empty()) << plot.name;
    EXPECT_GT(teller.text().size(), 200u) << plot.name;
    EXPECT_LT(teller.text().size(), 2000u) << plot.name;
  }
}

TEST(Stories, AreCleanPlainText) {
  const std::string text = tell_stories(5, 500'000);
  std::set<std::string> words;
  std::string word;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    ASSERT_TRUE(c == '\n' || (c >= ' ' && c < 127)) << "byte " << int{c};
    ASSERT_EQ(std::string("{}[]|").find(text[i]), std::string::npos)
        << text.substr(i > 80 ? i - 80 : 0, 160);
    if (std::isalpha(c) != 0) {
      word += static_cast<char>(std::tolower(c));
    } else {
      if (!word.empty()) words.insert(word);
      word.clear();
    }
  }
  EXPECT_GT(words.size(), 500u);
  EXPECT_LT(words.size(), 700u) << "the vocabulary has to stay small";
  for (const char* flaw :
       {"  ", " \n", "\n\n\n", "..", " .", " ,", "a apple", "a orange", " one coins"})
    EXPECT_EQ(text.find(flaw), std::string::npos) << "'" << flaw << "'";
}

// "six plums cost twelve coins" must agree with "How much is one plum? Two coins".
TEST(Stories, PricesAddUp) {
  int checked = 0;
  for (uint64_t i = 0; i < 600; ++i) {
    StoryTeller teller(9, i);
    tell_market(teller);
    const std::string& text = teller.text();
    bool agrees = false;
    for (int64_t number = 2; number <= 6; ++number)
      for (int64_t price = 1; price <= 4; ++price) {
        std::string price_text = counted(price, "coin");
        price_text.front() = static_cast<char>(std::toupper(price_text.front()));
        agrees |= text.find("So " + number_word(number) + " ") != std::string::npos &&
                  text.find("\"" + price_text + ",\" said") != std::string::npos &&
                  text.find(" cost " + counted(number * price, "coin") + ".") != std::string::npos;
      }
    EXPECT_TRUE(agrees) << text;
    ++checked;
  }
  EXPECT_EQ(checked, 600);
}

}  // namespace
}  // namespace coldstart::data
