// Journal: everything the autopilot settled, planned and ran, in the order in which it happened.
//
// journal.jsonl in its directory, one record a line, only ever appended to and synced at once: what
// stands in it is never done again, whatever ended the program in between. Records of one type and
// name are unique: "begin" (what was asked), "plan" (lengths that a phase was cut to), "run" (a
// training run that is over), "decision". Test: tests/tune/journal_test.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "coldstart/io/json_lines.h"
#include "coldstart/tune/decision.h"

namespace coldstart::tune {

class Journal {
 public:
  static bool is_in(const std::filesystem::path& directory);
  static bool is_finished(const std::filesystem::path& directory);  // what was asked is answered

  static void remove_from(const std::filesystem::path& directory);

  // The one in the directory, or a new one. DataError when it is damaged.
  explicit Journal(const std::filesystem::path& directory);

  const std::vector<io::JsonRecord>& records() const { return records_; }
  const io::JsonRecord* find(std::string_view type, std::string_view name) const;  // or nullptr
  std::optional<Decision> decision(std::string_view id) const;
  std::vector<Decision> decisions() const;

  void write(const io::JsonRecord& record);  // has "type" and "name"; ResourceError: disk full

 private:
  std::vector<io::JsonRecord> records_;
  io::JsonLinesWriter file_;
};

}  // namespace coldstart::tune
