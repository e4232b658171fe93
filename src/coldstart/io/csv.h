// CSV files with a header: cells as text, a row at a time.
//
// RFC 4180: cells in double quotes may hold the separator, line ends and "" for a quote. The
// separator is a comma, a semicolon or a tab, whichever splits the header most; a byte-order mark
// and CR before LF are taken off. A last line that was cut off in the middle is left out.
// Test: tests/io/csv_test.cpp, tests/fuzz/csv_fuzz.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::io {

class CsvReader {
 public:
  // The text must outlive the reader; source names it in messages. DataError without a header.
  CsvReader(std::string_view text, std::string source);

  const std::vector<std::string>& header() const { return header_; }
  // The next row, one cell a column of the header; false at the end. Blank lines are passed over.
  // DataError that names the line when it has another number of cells or an open quote.
  bool next(std::vector<std::string>& cells);
  int64_t line() const { return row_line_; }  // where the row began, from 1

 private:
  bool read_row(std::vector<std::string>& cells, bool& cut_off);

  std::string_view text_;
  std::string source_;
  char separator_ = ',';
  size_t at_ = 0;
  int64_t line_ = 1, row_line_ = 1;
  std::vector<std::string> header_;
};

}  // namespace coldstart::io
