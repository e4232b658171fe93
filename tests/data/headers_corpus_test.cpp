#include "coldstart/data/headers_corpus.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

namespace fs = std::filesystem;

TEST(HeadersCorpus, TakesTheNewestVersionAndDropsDuplicates) {
  const TempDir directory;
  for (const char* folder : {"9", "12", "12/bits", "share"})
    fs::create_directories(directory / folder);
  write_file_atomic(directory / "9/old", "old");
  write_file_atomic(directory / "share/other", "other");
  const std::string licence = "// " + std::string(130, 'L') + "\n// more of it\n";
  write_file_atomic(directory / "12/a", licence + "//\n// short\nint a;\n");
  write_file_atomic(directory / "12/b", licence + "//\n// short\nint b;\n");
  write_file_atomic(directory / "12/bits/copy_of_a", licence + "//\n// short\nint a;\n");
  write_file_atomic(directory / "12/binary", std::string("\0\1\2", 3));
  const HeadersCorpus corpus = read_headers_corpus(directory.path());
  EXPECT_EQ(corpus.text, licence + "//\n// short\nint a;\n// short\nint b;\n");
  EXPECT_EQ(corpus.files, 2);
}

TEST(HeadersCorpus, IsThereOnAMachineThatCompiles) {
  const HeadersCorpus corpus = read_headers_corpus();
  EXPECT_GT(corpus.files, 100);
  EXPECT_GT(corpus.text.size(), 3'000'000u);
  EXPECT_NE(corpus.text.find("basic_string"), std::string::npos);
}

TEST(HeadersCorpus, WithoutHeadersSaysWhatToInstall) {
  const TempDir directory;
  try {
    read_headers_corpus(directory.path());
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(error.hint().find("g++"), std::string::npos);
  }
}

}  // namespace
}  // namespace coldstart::data
