// Ramps: the factors of the regularisation strengths over the run, from the text of
// regularize.ramps.
//
//   "dropout=0..1@10%..50%, weight_decay=1..0.1@500..900"
// BEGIN and END may be steps, shares of the run or amounts of data, and count from step 0, warmup
// included. A strength without a ramp has the factor 1 throughout. Test:
// tests/train/ramps_test.cpp.
#pragma once

#include <string>

#include "coldstart/core/length.h"
#include "coldstart/schedule/ramp.h"

namespace coldstart::train {

struct Ramps {
  schedule::Ramp dropout, attention_dropout, label_smoothing, weight_decay;
  bool operator==(const Ramps&) const = default;
};

// ConfigError for a text that cannot be read, a strength that is named twice or does not exist, a
// factor below 0 or a range that ends before it begins.
Ramps parse_ramps(const std::string& text, const LengthScale& scale);

// The same in steps, as parse_ramps reads it; empty when all are constant.
std::string ramps_text(const Ramps& ramps);

}  // namespace coldstart::train
