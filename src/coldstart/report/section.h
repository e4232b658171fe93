// Section: a part of a page with all that stands in it, not yet in any format.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/plan/verdict.h"
#include "coldstart/report/figure.h"

namespace coldstart::report {

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

// A question of the checklist with its answer, and the verdicts it comes from.
enum class Answer : uint8_t { good, look, open };  // open: the records cannot say
struct Check {
  Answer answer = Answer::open;
  std::string question, text;
  std::vector<plan::Verdict> details = {};
};

struct Section {
  std::string id, title;
  std::string text;  // a sentence or two before all else; empty: none
  std::vector<Check> checks = {};
  Table summary = {};  // short, right below the text
  std::vector<plan::Verdict> verdicts = {};
  std::vector<std::string> list = {};
  std::vector<Panel> panels = {};
  Table table = {};  // long, at the end
  std::vector<std::string> commands = {};
};

}  // namespace coldstart::report
