#include "coldstart/data/story_cast.h"

#include "coldstart/data/story_world.h"

namespace coldstart::data {

void set_pronouns(StoryTeller& t, const std::string& prefix, bool female) {
  t.set(prefix + "he", female ? "she" : "he");
  t.set(prefix + "him", female ? "her" : "him");
  t.set(prefix + "his", female ? "her" : "his");
}

void cast_children(StoryTeller& t) {
  const auto children = pick_different(t, story_children(), 3);
  t.set("hero", children[0].name);
  set_pronouns(t, "", children[0].girl);
  t.set("friend", children[1].name);
  set_pronouns(t, "f_", children[1].girl);
  t.set("third", children[2].name);
}

void set_time(StoryTeller& t) {
  t.set("when", t.expand("one [sunny|warm|cold|windy|grey|bright] "
                         "[morning|day|afternoon|evening]"));
}

}  // namespace coldstart::data
