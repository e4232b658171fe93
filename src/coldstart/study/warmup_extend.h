// The rates that a warmup study lacks: where the best rate of an optimizer lies at an end of the
// range, one more beyond that end, at the distance of the outermost two.
//
// Every warmup of the optimizer gets it, because warmups that were tuned over different rates are
// not compared. At the edge of stability there is nothing to find beyond; where no rate trains, a
// lower one is tried (playbook LS-05, LS-06: extend, a bounded number of times).
// Test: tests/study/warmup_extend_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/study/spec.h"
#include "coldstart/study/warmup_verdict.h"

namespace coldstart::study {

struct AddedRate {
  std::string optimizer;
  double lr = 0;
  bool above = false;  // the range grows upwards
};
// Empty when no range is too narrow, or when trials of the optimizer are not over.
std::vector<AddedRate> rates_beyond(const plan::Study& study, const WarmupReport& report);

// The points of them, for StudyDirectory::append.
std::vector<Values> points_of(const plan::Study& study, const std::vector<AddedRate>& added);

}  // namespace coldstart::study
