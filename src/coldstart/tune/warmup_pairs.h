// "No warmup needed", judged by pairs of runs that differ in the warmup alone: the same rate, the
// same length, the same seed.
//
//   gain = loss without - loss with, mean over the pairs, and its 95 % interval by Student's t over
//   their differences (plan/adopt.h); "surely" is that interval
//   NEEDED           surely above kNeededShare of the loss
//   HELPS            surely above 0
//   HARMFUL          surely below 0
//   NOT_NEEDED       surely below kNeededShare of the loss: it may gain something, but less
//   NOT_ESTABLISHED  all else: too wide an interval, one pair alone, or a run that diverged
//
// The labels and the margin are those of `coldstart warmup` (study/warmup_verdict.h), which asks
// the same of whole grids, without pairing. Test: tests/tune/warmup_pairs_test.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/plan/adopt.h"
#include "coldstart/plan/noise.h"
#include "coldstart/study/warmup_verdict.h"

namespace coldstart::tune {

struct WarmupPairs {
  study::Need need = study::Need::not_established;
  plan::Gain gain;       // of the warmup, nats; unknown ends with fewer than two pairs
  double margin = NAN;   // nats
  plan::Noise noise;     // between the seeds, without warmup
  std::string why = {};  // NOT_ESTABLISHED: the reason, and what would settle it
};

// Losses of the same seeds in the same order, at least one; NaN: that run diverged.
WarmupPairs judge_pairs(const std::vector<double>& without, const std::vector<double>& with);

}  // namespace coldstart::tune
