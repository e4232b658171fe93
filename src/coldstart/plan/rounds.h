// Rounds of tuning when compute is the limit: many short trials, then a few long ones.
//
//   R = 2 (default)  0.1 P, bridge check at 0.2 P, P        R = 3  0.1 P, 0.316 P, P
//   more             P rho^(i-R) with rho = 10^(1/(R-1))
//   trials of round 1 = min(affordable with 40 % of the budget, 10 for one hyperparameter, 20 for
//   two, 10 more for each further one, 60)
// Playbook CB-01 to CB-07, R2-01, SX-03, SX-04; shares and counts are ours. The plan depends on the
// question alone; results that have come in only shorten what is left. Test:
// tests/plan/rounds_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/space.h"

namespace coldstart::plan {

struct RoundsQuestion {
  int64_t production = 0;     // P, steps
  double budget_h = 0;        // device hours for everything
  double hours_per_step = 0;  // of one trial
  double patience_h = 0;      // longest acceptable trial; 0: no limit
  int64_t parallel = 1;       // trials at once
  int rounds = 2;
  int64_t eval_every = 0;          // 0: not known
  int64_t warmup = 0;              // steps
  std::vector<HParam> space = {};  // what is tuned, with kinds
};

struct Round {
  std::string name;     // "round 1", "bridge", ...
  double fraction = 0;  // of P
  int64_t max_steps = 0;
  int64_t trials = 0, done = 0;
  double hours = 0;                 // device hours of all its trials
  double finish_h = 0;              // wall hours from the start, with `parallel` at once
  std::vector<std::string> what;    // the trials in words
  std::vector<std::string> retest;  // what it tests again of earlier rounds

  int64_t left() const { return trials > done ? trials - done : 0; }
};

// How many trials a length buys, and what a conclusion at that length is worth at P.
struct LengthTrade {
  double fraction = 0;
  int64_t max_steps = 0, trials = 0;
  std::string comparability;
};

struct RoundsPlan {
  std::vector<Round> rounds;
  std::vector<LengthTrade> trade;
  std::vector<std::string> notes, warnings;
  double hours = 0;       // of the whole plan
  double hours_left = 0;  // of what is left of it
};

// A finished trial, by its length.
struct DoneTrial {
  int64_t max_steps = 0;
};

// ConfigError when a number is missing or nothing at all can be afforded.
RoundsPlan plan_rounds(const RoundsQuestion& question, std::span<const DoneTrial> done = {});

// Lengths of R rungs up to P, each a factor 10^(1/(R-1)) above the one before (SX-04).
std::vector<int64_t> rung_lengths(int64_t production, int rungs);

// What a conclusion at one length is worth at another: COMPARABLE (equal), NEARLY (within 1.25x),
// NOT_ESTABLISHED at production length (`to_production`), else TENTATIVE. CB-03.
std::string length_comparability(int64_t steps, int64_t other, bool to_production);

}  // namespace coldstart::plan
