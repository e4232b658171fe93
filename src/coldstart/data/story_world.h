// The world of builtin:stories: who lives in it, where, and with which things. Fewer than 700 words
// in all, so that a very small GPT can learn them. Test: tests/data/stories_test.cpp.
#pragma once

#include <span>

namespace coldstart::data {

struct Child {
  const char* name;
  bool girl;
};

// A grown-up with a trade, and a thing in which the trade is expert.
struct GrownUp {
  const char* trade;
  bool woman;
  const char* mends;
};

struct Place {
  const char* name;      // "the forest"
  const char* at;        // "in the forest"
  const char* spots[2];  // where something can lie there
};

struct Thing {
  const char* noun;
  const char* broke;   // what happened to it: "its wheel came off"
  const char* mended;  // how it is mended
};

struct Obstacle {
  const char* met;      // "wide river without a bridge"
  const char* tool;     // "boat"
  const char* solved;   // what {hero} did with it
  const char* without;  // what is not possible without it
};

struct Riddle {
  const char* question;
  const char* wrong;
  const char* hint;
  const char* answer;
};

struct WeatherSign {
  const char* sign;      // what the wise see in the morning
  const char* weather;   // what comes of it
  const char* take;      // what to take along
  const char* saved;     // how it helped
  const char* suffered;  // what happened without it
};

std::span<const Child> story_children();
std::span<const GrownUp> story_grown_ups();
std::span<const Place> story_places();
std::span<const Thing> story_things();
std::span<const Obstacle> story_obstacles();
std::span<const Riddle> story_riddles();
std::span<const WeatherSign> story_weather();
std::span<const char* const> story_animals();
std::span<const char* const> story_colours();
std::span<const char* const> story_fruits();  // plural by adding s
std::span<const char* const> story_goods();   // things to own, give and trade

}  // namespace coldstart::data
