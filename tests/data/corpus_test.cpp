#include "coldstart/data/corpus.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/data/stories.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

namespace fs = std::filesystem;

Corpus read(const std::vector<std::string>& sources) { return read_corpus(sources, {}); }

template <class Error>
std::string error_of(const std::vector<std::string>& sources) {
  try {
    read(sources);
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty()) << error.message();
    return error.message();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(Corpus, ReadsDirectoriesInOrderOfThePathsAndLosesNothing) {
  const TempDir directory;
  fs::create_directories(directory / "b");
  write_file_atomic(directory / "c.txt", "third");
  write_file_atomic(directory / "b/z.txt", std::string("second\0\xff", 8));
  write_file_atomic(directory / "a.txt", "first");
  write_file_atomic(directory / "empty.txt", "");
  const Corpus corpus = read({directory.path().string()});
  EXPECT_EQ(corpus.text, std::string("firstsecond\0\xffthird", 18));
  EXPECT_EQ(corpus.files, 4);
}

TEST(Corpus, SourcesFollowEachOtherAsGiven) {
  const TempDir directory;
  write_file_atomic(directory / "a.txt", "A");
  write_file_atomic(directory / "b.txt", "B");
  EXPECT_EQ(read({(directory / "b.txt").string(), (directory / "a.txt").string()}).text, "BA");
  CorpusOptions options;
  options.stories_bytes = 1000;
  options.stories_seed = 4;
  const std::vector<std::string> sources = {(directory / "b.txt").string(), "builtin:stories"};
  EXPECT_EQ(read_corpus(sources, options).text, std::string("B").append(tell_stories(4, 1000)));
}

TEST(Corpus, MissingEmptyAndUnreadableTextAreErrors) {
  const TempDir directory;
  EXPECT_NE(error_of<DataError>({(directory / "missing.txt").string()}).find("no such file"),
            std::string::npos);
  EXPECT_NE(error_of<DataError>({directory.path().string()}).find("has no text"),
            std::string::npos);
  write_file_atomic(directory / "empty.txt", "");
  EXPECT_NE(error_of<DataError>({(directory / "empty.txt").string()}).find("there is no text"),
            std::string::npos);
  EXPECT_NE(error_of<DataError>({directory.path().string()}).find("all of them empty"),
            std::string::npos);
  ASSERT_EQ(mkfifo((directory / "pipe").c_str(), 0600), 0);
  EXPECT_NE(error_of<DataError>({(directory / "pipe").string()}).find("neither a file"),
            std::string::npos);
}

// Root reads everything, so there the test goes on as nobody.
TEST(Corpus, UnreadableTextIsAnError) {
  const TempDir directory;
  write_file_atomic(directory / "secret.txt", "text");
  fs::permissions(directory / "secret.txt", fs::perms::none);
  const uid_t me = geteuid(), nobody = 65534;
  ASSERT_EQ(seteuid(me == 0 ? nobody : me), 0);
  const std::string error = error_of<ResourceError>({(directory / "secret.txt").string()});
  ASSERT_EQ(seteuid(me), 0);
  EXPECT_NE(error.find("cannot read"), std::string::npos) << error;
}

TEST(Corpus, MoreTextThanMemoryIsRefusedBeforeItIsTold) {
  CorpusOptions options;
  options.stories_bytes = int64_t{1} << 60;
  const std::vector<std::string> sources = {"builtin:stories"};
  EXPECT_THROW(read_corpus(sources, options), ResourceError);
}

TEST(Corpus, UnknownBuiltinNamesTheNearest) {
  EXPECT_NE(error_of<DataError>({"builtin:storys"}).find("did you mean builtin:stories?"),
            std::string::npos);
}

}  // namespace
}  // namespace coldstart::data
