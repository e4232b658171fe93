// Checklist: what to ask of a study before its conclusions are read.
//
// Playbook L800-842 (SD-10): is the space large enough, were there enough points, how many were
// infeasible, did optimization struggle, what do the curves show? A report holds its conclusions
// back until these were answered. Infeasible shares of 30 % and 70 % (SD-11) are ours.
// Test: tests/plan/checklist_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct ChecklistItem {
  std::string question, answer;
  bool good = false;
  std::vector<Verdict> details;
};
struct Checklist {
  std::vector<ChecklistItem> items;  // the five questions, in the playbook's order
  std::vector<std::string> caveats;  // SD-03: "valid only at model.layers = 4"
  Verdict verdict;                   // PASSED, NOTE or REFUSED (E-INFEASIBLE)
  bool may_conclude = false;
};
Checklist run_checklist(const Study& study);

// SD-11.
Verdict infeasible_share(const Study& study);

}  // namespace coldstart::plan
