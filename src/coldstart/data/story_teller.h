// StoryTeller: expands sentence templates, and draws the choices of one story.
//
//   {hero}    the value of a slot; {Hero} the same with a capital letter
//   [a|b|c]   one of the alternatives, which may hold slots and further brackets
// Every draw is f(seed, story, number of the draw), whole numbers only, so a story is the same on
// every machine. Test: tests/data/story_teller_test.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "coldstart/core/random.h"

namespace coldstart::data {

class StoryTeller {
 public:
  StoryTeller(uint64_t seed, uint64_t story);

  int64_t below(int64_t n);                    // 0 .. n-1
  int64_t between(int64_t low, int64_t high);  // both included
  template <class T>
  const T& pick(std::span<const T> list) {
    return list[static_cast<size_t>(below(static_cast<int64_t>(list.size())))];
  }

  void set(const std::string& slot, std::string value);
  // Besides {slot}: {a_slot}, with "a" or "an" before it.
  void set_noun(const std::string& slot, std::string noun);

  void say(std::string_view sentence_template);  // expanded, after a space when one is needed
  void paragraph();                              // the next sentence begins a new one

  std::string expand(std::string_view text);
  std::string title(std::string_view text);  // expanded, In the Manner of Titles
  const std::string& text() const { return text_; }

 private:
  std::string choice(std::string_view alternatives);
  std::string slot(std::string_view name) const;

  Rng rng_;
  uint64_t next_draw_;
  std::map<std::string, std::string, std::less<>> slots_;
  std::string text_;
};

std::string number_word(int64_t n);                     // "seven"; 0 .. 99
std::string counted(int64_t n, std::string_view noun);  // "one coin", "three coins"

}  // namespace coldstart::data
