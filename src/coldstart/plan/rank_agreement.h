// Whether the order of configurations in one round of tuning held in the next: Kendall's tau-b with
// a bootstrap interval (95 %, over configurations; counter-based numbers, so always the same).
//
// Rule R1-01: that short runs correlate with long ones is measured, not assumed.
// Test: tests/plan/rank_agreement_test.cpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct Rerun {
  std::string name;
  double before = 0, after = 0;  // objective in each round, lower is better
};

inline constexpr size_t kMinReruns = 4;

// NaN for fewer than two, or when one side is all ties.
double kendall_tau(std::span<const Rerun> reruns);

struct RankAgreement {
  Interval tau;
  std::string label;                // HELD, FAILED, INSUFFICIENT
  std::vector<std::string> failed;  // "a before b": the better one became the worse one
};
RankAgreement rank_agreement(std::span<const Rerun> reruns);

}  // namespace coldstart::plan
