#include "coldstart/io/json_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"

namespace coldstart::io {
namespace {

struct JsonLines : testing::Test {
  std::filesystem::path path = std::filesystem::path(testing::TempDir()) /
                               ("json_lines_" + std::to_string(getpid()) + ".jsonl");

  ~JsonLines() override { std::filesystem::remove(path); }

  void write_steps(int from, int to) {
    JsonLinesWriter writer(path);
    for (int step = from; step < to; ++step) writer.write(JsonRecord().add("step", step));
  }
  std::vector<int64_t> steps() {
    std::vector<int64_t> result;
    for (const JsonRecord& record : read_json_lines(path))
      result.push_back(*record.integer("step"));
    return result;
  }
};

using testing::ElementsAre;

TEST_F(JsonLines, AppendsAcrossWriters) {
  write_steps(0, 2);
  write_steps(2, 4);
  EXPECT_THAT(steps(), ElementsAre(0, 1, 2, 3));
}

TEST_F(JsonLines, RecordsAreInTheFileBeforeTheWriterIsClosed) {
  JsonLinesWriter writer(path);
  writer.write(JsonRecord().add("step", 5));
  EXPECT_THAT(steps(), ElementsAre(5));
  writer.sync();
}

TEST_F(JsonLines, ATornLastLineIsIgnoredByReadingAndCutByAppending) {
  write_file_atomic(path, "{\"step\":0}\n{\"step\":1}\n{\"st");
  EXPECT_THAT(steps(), ElementsAre(0, 1));
  write_steps(2, 3);
  EXPECT_EQ(read_file(path), "{\"step\":0}\n{\"step\":1}\n{\"step\":2}\n");
  write_file_atomic(path, "{\"st");
  write_steps(7, 8);
  EXPECT_THAT(steps(), ElementsAre(7));
}

TEST_F(JsonLines, AVisitEndsWhenItsVisitorHasSeenEnough) {
  write_file_atomic(path, "{\"step\":0}\n{\"step\":1}\nno record\n");
  std::vector<int64_t> seen;
  visit_json_lines(path, [&](const JsonRecord& record) {
    seen.push_back(*record.integer("step"));
    return seen.size() < 2;
  });
  EXPECT_THAT(seen, ElementsAre(0, 1)) << "what comes later is not even read";
}

TEST_F(JsonLines, ABrokenLineInTheMiddleIsNamed) {
  write_file_atomic(path, "{\"step\":0}\n{\"st\n{\"step\":2}\n");
  try {
    read_json_lines(path);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(path.string() + ":2]"));
  }
}

TEST_F(JsonLines, AResumeKeepsWhatTheCheckpointRemembers) {
  write_steps(0, 4);
  const int64_t bytes = JsonLinesWriter(path).bytes();
  EXPECT_EQ(bytes, static_cast<int64_t>(std::filesystem::file_size(path)));
  write_steps(4, 6);
  {
    JsonLinesWriter writer(path, bytes);
    EXPECT_THAT(steps(), ElementsAre(0, 1, 2, 3));
    writer.write(JsonRecord().add("step", 7));
    EXPECT_EQ(writer.bytes(), static_cast<int64_t>(std::filesystem::file_size(path)));
  }
  EXPECT_THAT(steps(), ElementsAre(0, 1, 2, 3, 7));
  EXPECT_THROW(JsonLinesWriter(path, 1000), CheckpointError);
  EXPECT_THAT(steps(), ElementsAre(0, 1, 2, 3, 7)) << "a refused resume changes nothing";
  { const JsonLinesWriter emptied(path, 0); }
  EXPECT_EQ(read_file(path), "");
}

TEST_F(JsonLines, APathThatCannotBeOpenedIsAResourceError) {
  EXPECT_THROW(JsonLinesWriter("/nonexistent/metrics.jsonl"), ResourceError);
}

TEST_F(JsonLines, AFullDiskIsAResourceErrorThatSaysSo) {
  JsonLinesWriter writer("/dev/full", 0);
  try {
    writer.write(JsonRecord().add("step", 1));
    FAIL();
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.hint(), testing::HasSubstr("disk is full"));
  }
}

}  // namespace
}  // namespace coldstart::io
