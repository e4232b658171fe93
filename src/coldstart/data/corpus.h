// Corpus: the bytes to prepare, and where they come from.
//
// Sources are files, directories (every regular file below, in the order of the paths; any bytes
// are text), and the built-in corpora `builtin:headers` and `builtin:stories`. Files follow each
// other as they are: nothing is put between them, nothing is left out. Test:
// tests/data/corpus_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::data {

struct CorpusOptions {
  int64_t stories_bytes = 4'000'000;  // how much builtin:stories tells
  uint64_t stories_seed = 1;
};

struct Corpus {
  std::string text;
  int64_t files = 0;  // how many files it was read from
};

inline constexpr std::string_view kBuiltinPrefix = "builtin:";
inline constexpr std::string_view kBuiltinStories = "builtin:stories";

// DataError when a source does not exist, has no text, or is an unknown built-in corpus (the
// nearest name is given); ResourceError when one cannot be read or all of it does not fit in
// memory.
Corpus read_corpus(std::span<const std::string> sources, const CorpusOptions& options);

}  // namespace coldstart::data
