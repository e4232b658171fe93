// Learning rates to try when a run becomes k times longer.
//
//   base, base k^-0.16, base k^-0.32        (k = 10: 1, 0.69, 0.48 of base)
// The playbook keeps the base rate, as a speculation (L1346-1352); at a fixed batch the best peak
// rate was later found to fall about as D^-0.32 (Bjorck et al. 2025, exponent from secondary
// sources). So: base first, a bracket where more than one run is affordable (R1-06).
// Test: tests/plan/lr_bracket_test.cpp.
#pragma once

#include <string>
#include <vector>

namespace coldstart::plan {

struct LrQuestion {
  double lr = 0;             // of the shorter run
  double times = 1;          // longer / shorter; below 1 for a shorter one
  int runs = 1;              // affordable at the new length
  bool upper_edge = false;   // lr was chosen at the edge of stability
  bool batch_grows = false;  // with the length
};

struct LrBracket {
  std::vector<double> candidates;  // base first
  std::vector<double> chosen;      // for the runs that are affordable, in this order
  std::vector<std::string> notes;  // reasons, caveats and the tag SHORT_HORIZON
};

// ConfigError unless lr > 0, times > 0, runs >= 1.
LrBracket lr_bracket(const LrQuestion& question);

// The weight decay that keeps AdamW's averaging time B/(lr decay D) when only D grows `times`-fold.
double keep_timescale(double weight_decay, double times);

}  // namespace coldstart::plan
