// All that the planner says of a study from its records alone, in the order in which it should be
// read: the checklist of five questions with whatever of it stands out (instability first of all,
// ST-01), the noise between seeds, and, unless the checklist forbids a conclusion, the best of
// every scientific value at equal numbers of trials (IS-01), the length of the runs (TD-12), what
// limits them (TD-01), and what the same search would find again. `coldstart study verdict` prints
// it, a page shows it.
//
// Nothing is said of the length while training is unstable. A rule that cannot read the records is
// named with the reason. Of one run only its length and its limit are asked.
// Playbook L800-842 (first the checklist, then the conclusion), L1006-1034, L1068-1087.
// Tests: tests/plan/study_verdicts_test.cpp, tests/e2e/study_verdict_test.cpp.
#pragma once

#include <vector>

#include "coldstart/plan/checklist.h"
#include "coldstart/plan/curve_checks.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct StudyVerdicts {
  Checklist checklist;               // its verdict has the standing of the whole
  std::vector<CurveFinding> curves;  // what is to be seen in the training curves
  std::vector<Verdict> verdicts;     // of more than one trial the first is that of the checklist
};
StudyVerdicts study_verdicts(const Study& study);

}  // namespace coldstart::plan
