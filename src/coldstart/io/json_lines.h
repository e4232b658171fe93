// JSON Lines: a file of records, only ever appended to.
//
// Every record is handed to the operating system at once, as one write, so that a killed program
// loses none; sync() makes them survive the machine too. A kill in the middle of a write leaves a
// torn last line: reading ignores it, appending cuts it off first. A checkpoint remembers bytes();
// a resume keeps that many, and what came after them is written again.
// Test: tests/io/json_lines_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "coldstart/io/json_record.h"

namespace coldstart::io {

class JsonLinesWriter {
 public:
  // Appends to what is there, after cutting off a torn last line.
  explicit JsonLinesWriter(const std::filesystem::path& path);
  // Appends to the first keep_bytes bytes; CheckpointError when the file is shorter than that.
  JsonLinesWriter(std::filesystem::path path, int64_t keep_bytes);
  ~JsonLinesWriter();
  JsonLinesWriter(const JsonLinesWriter&) = delete;
  JsonLinesWriter& operator=(const JsonLinesWriter&) = delete;

  void write(const JsonRecord& record);  // ResourceError when the disk is full
  void sync();
  int64_t bytes() const { return bytes_; }  // length of the file

 private:
  std::filesystem::path path_;
  int fd_ = -1;
  int64_t bytes_ = 0;
};

// Calls visit(record) for every whole line until it says false, with one line in memory at a time.
void visit_json_lines(const std::filesystem::path& path,
                      const std::function<bool(const JsonRecord&)>& visit);

// Every whole line. DataError names file and line of one that is not a record.
std::vector<JsonRecord> read_json_lines(const std::filesystem::path& path);

}  // namespace coldstart::io
