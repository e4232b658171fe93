// The numbers of JSON objects, line after line, at the speed of a log of a million lines.
//
// Logs of training runs are flat objects of numbers. Those are scanned by hand, without a copy; a
// line with anything more (inner objects, escapes) goes through the JSON library and gives the
// same. Keys of inner objects are joined with dots; lists and null are passed over; true is 1,
// false 0. NaN, Infinity and -Infinity are numbers, bare (as Python and others write them) or in
// quotes. Test: tests/io/flat_json_test.cpp, tests/fuzz/flat_json_fuzz.cpp.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::io {

struct FlatEntry {
  std::string_view key;
  std::string_view value;  // a number as it was written, or the text between the quotes
  bool number = false;
};

// The text as a number: JSON's own, NaN, Infinity, -Infinity. False when it is none.
bool parse_json_number(std::string_view text, double& value);

class FlatJsonReader {
 public:
  // Entries in the order of the line, valid until the next call and as long as the line. DataError
  // that names "source:number" unless the line is one JSON object.
  std::span<const FlatEntry> read(std::string_view line, std::string_view source, int64_t number);

 private:
  bool scan(std::string_view line);
  void parse(std::string_view line, std::string_view source, int64_t number);

  std::vector<FlatEntry> entries_;
  std::deque<std::string> owned_;  // what the slow way had to make; a deque keeps its places
};

}  // namespace coldstart::io
