// Decision: what the autopilot settled, and all that a reader needs to judge it or do it again.
//
// A decision stands in the journal as one flat record, and its numbers and words are what later
// phases go on with, so that a continued autopilot makes none of them twice.
// Test: tests/tune/journal_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "coldstart/io/json_record.h"
#include "coldstart/tune/budget.h"

namespace coldstart::tune {

struct Decision {
  std::string id = {};        // "model", "rate", ...; one of its kind in a journal
  std::string phase = {};     // "measure"
  std::string question = {};  // "Which model?"
  std::string answer = {};    // one sentence
  std::string label = {};     // of a verdict: COMPUTE_BOUND, NOT_NEEDED, ...; may be empty
  std::vector<std::string> evidence = {};  // a line each
  std::vector<std::string> caveats = {};
  std::vector<std::string> commands = {};  // that repeat it by hand
  Cost cost = {};                          // of finding it out
  std::vector<std::pair<std::string, double>> numbers = {};
  std::vector<std::pair<std::string, std::string>> words = {};

  // What was settled; DataError that names the decision when it is not there.
  double number(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  const std::string& word(std::string_view name) const;
};

io::JsonRecord to_record(const Decision& decision);
Decision to_decision(const io::JsonRecord& record);  // DataError for a record that is none

}  // namespace coldstart::tune
