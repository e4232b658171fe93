// What to ask of a study before its conclusions are read, answered from its records
// (plan/checklist.h: SD-10, playbook L800-842), with two questions more: are there enough
// evaluations (EV-03), is the noise known (AD-01). And what conclusions are valid for (SD-03).
// Test: tests/report/checklist_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/plan/checklist.h"
#include "coldstart/report/input.h"
#include "coldstart/report/section.h"

namespace coldstart::report {

// Of a single run only what can be asked of one.
std::vector<Check> checks_of(const Input& input, const plan::Checklist& checklist);
// A caveat for each fixed hyperparameter, the length, the batch and what verdicts name.
std::vector<std::string> caveats(const Input& input, const plan::Checklist& checklist);

}  // namespace coldstart::report
