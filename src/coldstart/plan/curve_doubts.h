// Curves that no number should be taken from: their units change on the way, or nothing happens on
// them, or much of them is missing.
//
//   steps    after 5 records the step jumps more than 30-fold: steps, then tokens or samples
//   values   the level changes by 1/ln 2 or ln 2, within 1.5 % and far beyond the scatter: nats and
//            bits. From the medians of the 5 records before and after.
//   missing  more than a tenth of the records have no finite value
//   constant every value is the same
//   no loss  even the lowest value is above 1e30
//
// The numbers are ours: no trainer evaluates that unevenly, and no loss does that by itself.
// Test: tests/plan/curve_doubts_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "coldstart/plan/series.h"
#include "coldstart/plan/trial.h"

namespace coldstart::plan {

inline constexpr double kMostMissing = 0.1;  // share of the records
inline constexpr double kNoLoss = 1e30;      // nats; sums of squares are finite far above that

// Where units change, in one sentence; nothing where they do not. steps increase; all are finite.
std::optional<std::string> mixed_units(std::span<const double> step, std::span<const double> value);

// DataError that names the trial and says where its units change.
void require_one_unit(const Curve& curve, const Trial& trial);

// Why the validation curve of a trial says nothing about its run; nothing where it does. DataError
// when its steps do not increase.
std::optional<std::string> curve_doubt(const Trial& trial);

}  // namespace coldstart::plan
