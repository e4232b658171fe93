#include "coldstart/data/story_teller.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "coldstart/core/error.h"

namespace coldstart::data {

namespace {

constexpr uint64_t kDrawsPerStory = 1024;

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

// The position of the bracket that closes the one at `open`.
size_t closing_bracket(std::string_view text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']' && --depth == 0) return i;
  }
  COLDSTART_CHECK(false, "no closing bracket in '{}'", text);
  return text.size();
}

}  // namespace

StoryTeller::StoryTeller(uint64_t seed, uint64_t story)
    : rng_(seed, Stream::corpus), next_draw_(story * kDrawsPerStory) {}

int64_t StoryTeller::below(int64_t n) {
  return static_cast<int64_t>(rng_.below(next_draw_++, static_cast<uint64_t>(n)));
}

int64_t StoryTeller::between(int64_t low, int64_t high) { return low + below(high - low + 1); }

void StoryTeller::set(const std::string& slot, std::string value) {
  slots_[slot] = std::move(value);
}

void StoryTeller::set_noun(const std::string& slot, std::string noun) {
  const bool vowel = std::string_view("aeiou").find(noun.front()) != std::string_view::npos;
  set("a_" + slot, (vowel ? "an " : "a ") + noun);
  set(slot, std::move(noun));
}

void StoryTeller::say(std::string_view sentence_template) {
  if (!text_.empty() && text_.back() != '\n') text_ += ' ';
  text_ += expand(sentence_template);
}

void StoryTeller::paragraph() { text_ += "\n\n"; }

std::string StoryTeller::expand(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') {
      const size_t end = text.find('}', i);
      COLDSTART_CHECK(end != std::string_view::npos, "no closing brace in '{}'", text);
      result += slot(text.substr(i + 1, end - i - 1));
      i = end;
    } else if (text[i] == '[') {
      const size_t end = closing_bracket(text, i);
      result += choice(text.substr(i + 1, end - i - 1));
      i = end;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string StoryTeller::title(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kSmallWords = {"a",  "an", "and",  "for", "of",
                                                                  "on", "to", "with", "the"};
  std::string result = expand(text);
  for (size_t begin = 0; begin < result.size();) {
    const size_t end = std::min(result.find(' ', begin), result.size());
    std::string word = result.substr(begin, end - begin);
    if (is_capital(word.front())) word.front() = static_cast<char>(word.front() - 'A' + 'a');
    const bool small = std::find(kSmallWords.begin(), kSmallWords.end(), word) != kSmallWords.end();
    if (is_small(word.front()) && (begin == 0 || !small))
      word.front() = static_cast<char>(word.front() - 'a' + 'A');
    result.replace(begin, end - begin, word);
    begin = end + 1;
  }
  return result;
}

std::string StoryTeller::choice(std::string_view alternatives) {
  std::vector<std::string_view> list;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i < alternatives.size(); ++i) {
    if (alternatives[i] == '[') ++depth;
    if (alternatives[i] == ']') --depth;
    if (alternatives[i] != '|' || depth > 0) continue;
    list.push_back(alternatives.substr(begin, i - begin));
    begin = i + 1;
  }
  list.push_back(alternatives.substr(begin));
  return expand(pick(std::span<const std::string_view>(list)));
}

std::string StoryTeller::slot(std::string_view name) const {
  std::string key(name);
  const bool capital = is_capital(key.front());
  if (capital) key.front() = static_cast<char>(key.front() - 'A' + 'a');
  const auto found = slots_.find(key);
  COLDSTART_CHECK(found != slots_.end(), "no slot '{}'", key);
  std::string value = found->second;
  if (capital && is_small(value.front()))
    value.front() = static_cast<char>(value.front() - 'a' + 'A');
  return value;
}

std::string number_word(int64_t n) {
  static constexpr const char* kSmall[] = {
      "no",       "one",     "two",     "three",     "four",     "five",    "six",
      "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
      "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  static constexpr const char* kTens[] = {"",      "",      "twenty",  "thirty", "forty",
                                          "fifty", "sixty", "seventy", "eighty", "ninety"};
  COLDSTART_CHECK(n >= 0 && n < 100, "number {} in a story", n);
  if (n < 20) return kSmall[n];
  return kTens[n / 10] + (n % 10 == 0 ? std::string() : std::string("-") + kSmall[n % 10]);
}

std::string counted(int64_t n, std::string_view noun) {
  return fmt::format("{} {}{}", number_word(n), noun, n == 1 ? "" : "s");
}

}  // namespace coldstart::data
