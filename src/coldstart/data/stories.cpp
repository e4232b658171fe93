#include "coldstart/data/stories.h"

#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/data/story_plots.h"
#include "coldstart/data/story_teller.h"

namespace coldstart::data {

std::string tell_story(uint64_t seed, uint64_t story) {
  StoryTeller teller(seed, story);
  const auto plots = story_plots();
  const StoryPlot& plot = teller.pick(plots);
  const std::string title = plot.tell(teller);
  return title + "\n\n" + teller.text() + "\nThe end.\n\n";
}

std::string tell_stories(uint64_t seed, int64_t bytes) {
  COLDSTART_CHECK(bytes >= 1, "{} bytes of stories", bytes);
  std::string text;
  const auto wanted = static_cast<size_t>(bytes);
  text.reserve(wanted + 2000);
  for (uint64_t story = 0; text.size() < wanted; ++story) text += tell_story(seed, story);
  return text;
}

}  // namespace coldstart::data
