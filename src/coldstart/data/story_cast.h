// Casting: gives the people of a story their names and pronouns, and picks different things for
// different parts. Test: tests/data/stories_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/data/story_teller.h"

namespace coldstart::data {

// count different elements of the list, in random order.
template <class T>
std::vector<T> pick_different(StoryTeller& t, std::span<const T> list, size_t count) {
  std::vector<T> rest(list.begin(), list.end()), chosen;
  while (chosen.size() < count) {
    const auto i = static_cast<std::ptrdiff_t>(t.below(static_cast<int64_t>(rest.size())));
    chosen.push_back(rest[static_cast<size_t>(i)]);
    rest.erase(rest.begin() + i);
  }
  return chosen;
}

// Children with different names: {hero} with {he} {him} {his}, {friend} with {f_he} {f_him}
// {f_his}, {third} with none.
void cast_children(StoryTeller& t);

// Slots {PREFIXhe} {PREFIXhim} {PREFIXhis}.
void set_pronouns(StoryTeller& t, const std::string& prefix, bool female);

// "One sunny morning," and the like, into {when}.
void set_time(StoryTeller& t);

}  // namespace coldstart::data
