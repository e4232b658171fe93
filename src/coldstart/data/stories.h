// builtin:stories: simple structured English without end, from a small grammar.
//
// Story i of a seed is a pure function of (seed, i): the same bytes on every machine. Each story
// has one of a dozen plots, with characters, places, things, reasons and consequences that stay the
// same throughout: who lost what where, prices that add up, an order that can be worked out. So a
// GPT that only counts letters reads badly, and one that follows the story reads well. Tests:
// tests/data/stories_test.cpp.
#pragma once

#include <cstdint>
#include <string>

namespace coldstart::data {

// A title, an empty line, paragraphs, "The end." and an empty line.
std::string tell_story(uint64_t seed, uint64_t story);

// Stories 0, 1, 2, ... until there are at least `bytes` bytes; a longer corpus begins with the
// shorter.
std::string tell_stories(uint64_t seed, int64_t bytes);

}  // namespace coldstart::data
