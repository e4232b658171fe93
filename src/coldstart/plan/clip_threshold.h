// The clipping threshold from the gradient norms of a run: their 90th percentile, and what to do
// when instability stays.
//
// Playbook L1963-1983 (GC-02 to GC-04): just above the typical norm; clip harder when instability
// stays, but when more than half of the updates are clipped, lower the learning rate instead. The
// order P90, P75, P50 is ours. Test: tests/plan/clip_threshold_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// Of the norms before clipping, by linear interpolation; DataError for fewer than 10 finite norms.
double clip_threshold(std::span<const double> grad_norms, double share = 0.90);

// Share of the steps that were clipped; from the recorded flags.
double clipped_share(const StepSeries& steps);

// A histogram of the norms, 20 bins of equal width in the logarithm.
struct NormBin {
  double lo = 0, hi = 0;
  int64_t count = 0;
};
std::vector<NormBin> norm_histogram(std::span<const double> grad_norms);

// The next move of `stability clip`, given the probes so far (first: without clipping).
struct ClipProbe {
  double share = 1;    // percentile of the threshold; 1: no clipping
  double clipped = 0;  // share of updates that were
  bool unstable = true;
};
struct ClipAdvice {
  double share = 0;  // percentile to try next; 0: none
  Verdict verdict;   // KEEP (stable, or go on with the next), LOWER_LR
};
ClipAdvice next_clip(std::span<const double> grad_norms, const std::vector<ClipProbe>& probes);

}  // namespace coldstart::plan
