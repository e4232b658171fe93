// The plots of builtin:stories: each tells one kind of story from the world (story_world.h) in a
// teller's words, and gives its title. Adding a plot is one function here and one line in its
// table, and changes every corpus: stories are pinned by tests/data/stories_test.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace coldstart::data {

class StoryTeller;

struct StoryPlot {
  std::string_view name;
  std::string (*tell)(StoryTeller&);  // returns the title
};

std::span<const StoryPlot> story_plots();

// Plots that turn on places, things and people (story_plots.cpp calls them).
std::string tell_lost_thing(StoryTeller& t);
std::string tell_broken_thing(StoryTeller& t);
std::string tell_trade(StoryTeller& t);
std::string tell_errand(StoryTeller& t);
std::string tell_weather(StoryTeller& t);
std::string tell_riddle(StoryTeller& t);

// Plots that turn on numbers and order (story_plots_counting.cpp).
std::string tell_market(StoryTeller& t);
std::string tell_sharing(StoryTeller& t);
std::string tell_race(StoryTeller& t);
std::string tell_seed(StoryTeller& t);
std::string tell_day(StoryTeller& t);

}  // namespace coldstart::data
