// Why warmup helps in a warmup study: which measures of the update size leave their expected range
// without it, layer by layer, what they are with it, and which other optimizer of the study keeps
// them in range without any.
//
// Two runs of the first seed are held side by side, at the learning rate that is best with warmup:
// one without warmup, one with it. Ranges and sentences are those of the diagnosis at the end of a
// run (metrics/diagnosis.h). Test: tests/study/warmup_causes_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/study/study_directory.h"
#include "coldstart/study/warmup_verdict.h"

namespace coldstart::study {

// A measure at one place, in the early steps: the value farthest outside without warmup, and the
// worst with it; NaN where it was not recorded.
struct SizeAt {
  std::string where;  // "layer 0 attention_query"; empty: the whole model
  double without = NAN, with = NAN;
};

struct MeasureOut {
  std::string measure;         // "angular_update"
  double limit = NAN;          // end of its expected range
  std::vector<SizeAt> places;  // outside it, the worst first; at most five
  int64_t more = 0;            // places outside that are not listed
  std::string sentence;        // what happened and which option addresses it
  std::string other = {};      // an optimizer that stays in range without warmup; empty: none known
  double other_lr = NAN, other_value = NAN;  // its best rate, and the measure there
};

struct WarmupCause {
  std::string optimizer, warmup;  // the warmup that none is held against
  double lr = NAN;
  std::vector<MeasureOut> measures;
  std::string note = {};  // why there are none
};

// For each optimizer that warmup helps. Empty for the runs of an external program, which measure no
// updates.
std::vector<WarmupCause> warmup_causes(const StudyDirectory& directory, const plan::Study& study,
                                       const WarmupReport& report);

std::string causes_text(const std::vector<WarmupCause>& causes);

}  // namespace coldstart::study
