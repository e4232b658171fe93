// builtin:headers: the C++ standard library headers of this machine, about 10 MB of real code and
// prose that every machine with a C++ compiler has.
//
// Every file below the newest /usr/include/c++/VERSION, in the order of the paths; a file whose
// content came before is left out, so is one with a NUL byte, and so are paragraphs of comments
// that came before (the licence that opens every file). Test: tests/data/headers_corpus_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace coldstart::data {

struct HeadersCorpus {
  std::string text;
  int64_t files = 0;
};

// DataError, with the package to install, when there are none.
HeadersCorpus read_headers_corpus(const std::filesystem::path& root = "/usr/include/c++");

}  // namespace coldstart::data
