// Replay: how good verdicts and predictions would have been on runs that are finished.
//
// All runs are cut at one third of the longest; from what is left the end of each run that goes
// further is predicted (its own learning rates are known) and held against what was measured. The
// errors are what `steps predict` can use instead of its own floor. Verdicts are replayed too: each
// run is cut at half of its length and classified, and the truth is what its other half brought.
// Only runs whose rate is constant over both halves can be judged so, because a decay would pass
// for progress. Design 11.1. Test: tests/plan/calibrate_test.cpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/classify.h"
#include "coldstart/plan/predict.h"

namespace coldstart::plan {

struct ReplayedPrediction {
  std::string run;
  double from = 0, to = 0;  // steps
  Design design = Design::poor;
  double predicted = 0, measured = 0;
  Interval range;
  std::string refused = {};  // why there is no prediction
  bool hit() const { return range.lo <= measured && measured <= range.hi; }
  double error() const { return predicted / measured - 1; }
};

struct ReplayedVerdict {
  std::string run;
  Workload verdict = Workload::ambiguous, truth = Workload::ambiguous;
  double gain = 0;  // measured, nats
  std::string refused = {};
};

struct Calibration {
  std::vector<ReplayedPrediction> predictions;
  std::vector<ReplayedVerdict> verdicts;
  std::vector<double> errors() const;  // |predicted / measured - 1|, of those that were made
};

// DataError when no run has enough records. A run that cannot be judged says why.
Calibration calibrate(std::span<const Trial> trials, const ClassifyOptions& options = {});
std::string text_of(const Calibration& calibration);

}  // namespace coldstart::plan
