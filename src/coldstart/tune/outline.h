// Outline: how the steps that a budget buys are shared out, before any of them is made.
//
//   S   steps the budget buys              P   steps of the production run
//   optimizer, rates, warmup   n runs of L steps; the first optimizer's is one of the rates
//   probe     L / 2 steps at 10 times the best rate
//   round 1   two of the rates go on from (1-c) L to B = 0.2 P steps (the bridge, CB-03)
//   P  = S - all of these + what the winner's trunk has trained already
// L is 5 % of P, at least kFewestTrialSteps. Where the budget is too small for all of it, parts are
// left out and named; where trials would take more than a quarter of it there is one run at
// documented defaults, "not tuned". The shares are ours; playbook CB-01 to CB-06.
// Test: tests/tune/outline_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coldstart::tune {

inline constexpr int64_t kFewestTrialSteps = 40;     // a trial shorter than this says nothing
inline constexpr int64_t kFewestSteps = 60;          // that a budget must buy
inline constexpr int64_t kFewestTunedSteps = 1000;   // below: one run, not tuned
inline constexpr int64_t kFewestPairedSteps = 2000;  // below: the warmup claim has one pair of runs
inline constexpr int64_t kFewestFullSteps = 3000;  // below: no refinement, no higher rate warmed up
inline constexpr int64_t kPairs = 3;               // of the warmup claim: with two, t is 12.7
inline constexpr double kTrialShare = 0.05;        // L / P
inline constexpr double kBridgeShare = 0.2;        // B / P
inline constexpr double kCooldown = 0.4;           // share of every run
inline constexpr double kFitShare = 0.1;           // of P, for the run that looks for a fit

struct Outline {
  int64_t steps = 0;                 // S
  bool tuned = true;                 // false: one run at the defaults
  bool full = true;                  // rates are refined, and a higher one is tried with warmup
  int64_t optimizers = 0;            // trials of those that are not the first
  int64_t rates = 0;                 // trials, extensions of the range not counted
  int64_t pairs = 0;                 // with and without warmup, at the best rate, a seed each
  int64_t warmed = 0;                // runs of the warmup claim that are not one of the rates
  int64_t trial_steps = 0;           // L
  int64_t probe_steps = 0;           // L / 2
  int64_t bridge_steps = 0;          // B
  int64_t production_steps = 0;      // P
  std::vector<std::string> skipped;  // for lack of budget, a sentence each
};

Outline outline_of(int64_t steps);

// Steps of a check that the set-up learns, for a budget of so many.
int64_t check_steps(int64_t steps);

int64_t trunk_steps(int64_t length);  // of a cooled run of so many: (1 - c) L

// Steps of the run that looks whether a text that is read often can be learnt by heart; they are
// not shared out, because few texts are, and so come from the production run.
int64_t fit_steps(const Outline& outline);

// What is planned for each phase; together all of S.
struct PhaseSteps {
  int64_t rates = 0, warmup = 0, round1 = 0, round2 = 0;
};
PhaseSteps phase_steps(const Outline& outline);

}  // namespace coldstart::tune
