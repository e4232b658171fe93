#include "coldstart/io/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::io {
namespace {

using testing::ElementsAre;
using Row = std::vector<std::string>;

std::vector<Row> rows_of(std::string_view text) {
  CsvReader reader(text, "log.csv");
  std::vector<Row> rows = {reader.header()};
  for (Row cells; reader.next(cells);) rows.push_back(cells);
  return rows;
}

TEST(Csv, ReadsQuotesSeparatorsAndLineEnds) {
  EXPECT_THAT(rows_of("\xEF\xBB\xBFstep,\"val, loss\"\r\n1,\"a \"\"b\"\"\nc\"\r\n\r\n2,\r\n"),
              ElementsAre(Row{"step", "val, loss"}, Row{"1", "a \"b\"\nc"}, Row{"2", ""}));
  EXPECT_THAT(rows_of("a;b\n1;2"), ElementsAre(Row{"a", "b"}, Row{"1", "2"}));
  EXPECT_THAT(rows_of("a\tb\n1\t2\n"), ElementsAre(Row{"a", "b"}, Row{"1", "2"}));
}

TEST(Csv, LeavesOutALastLineThatWasCutOff) {
  EXPECT_THAT(rows_of("a,b\n1,2\n3"), ElementsAre(Row{"a", "b"}, Row{"1", "2"}));
}

TEST(Csv, SaysWhereALineIsWrong) {
  const auto message = [](std::string_view text) -> std::string {
    try {
      rows_of(text);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message("a,b\n1,2\n1,2,3\n"),
            "[log.csv:3] a row has 3 cells; expected 2, as the header");
  EXPECT_EQ(message("a,b\n1,\"2\n"), "[log.csv:2] a quote is never closed");
  EXPECT_EQ(message(""), "[log.csv] the file is empty; expected a header that names the columns");
}

}  // namespace
}  // namespace coldstart::io
