#include "coldstart/data/story_teller.h"

#include <gtest/gtest.h>

#include <set>

namespace coldstart::data {
namespace {

TEST(StoryTeller, FillsSlotsAndCapitals) {
  StoryTeller t(1, 0);
  t.set("hero", "the fox");
  t.set_noun("thing", "orange ball");
  EXPECT_EQ(t.expand("{Hero} has {a_thing}. {A_thing}!"),
            "The fox has an orange ball. An orange ball!");
  EXPECT_EQ(t.title("when {hero} lost a {thing}"), "When the Fox Lost a Orange Ball");
  EXPECT_THROW(t.expand("{nobody}"), std::logic_error);
  EXPECT_THROW(t.expand("[a|b"), std::logic_error);
  EXPECT_THROW(t.expand("{a"), std::logic_error);
}

TEST(StoryTeller, ChoosesAmongAlternativesAndNestedOnes) {
  std::set<std::string> seen;
  for (uint64_t story = 0; story < 200; ++story)
    seen.insert(StoryTeller(1, story).expand("x[a|b[1|2]|]"));
  EXPECT_EQ(seen, (std::set<std::string>{"xa", "xb1", "xb2", "x"}));
}

TEST(StoryTeller, SentencesAreJoinedBySpacesAndParagraphsByEmptyLines) {
  StoryTeller t(1, 0);
  t.say("One.");
  t.say("Two.");
  t.paragraph();
  t.say("Three.");
  EXPECT_EQ(t.text(), "One. Two.\n\nThree.");
}

TEST(StoryTeller, NumbersInWords) {
  EXPECT_EQ(number_word(0), "no");
  EXPECT_EQ(number_word(13), "thirteen");
  EXPECT_EQ(number_word(20), "twenty");
  EXPECT_EQ(number_word(42), "forty-two");
  EXPECT_EQ(counted(1, "coin"), "one coin");
  EXPECT_EQ(counted(2, "coin"), "two coins");
}

}  // namespace
}  // namespace coldstart::data
