// Trials: one idea trained as a cooled rung, and what its records say.
//
//   trunk   constant rate up to (1 - c) L, going on from the trunk of the rung before
//   cooled  a branch of it that decays to 0 over c L; its last loss is the score
// Trunk and branch together are, byte for byte, the run that a trapezoid of L steps with cooldown c
// makes from step 0, which is how a trial is repeated by hand. Rankings flip while the rate decays,
// so trunks are never compared. Design 6.11. Test: tests/tune/trials_test.cpp.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/tune/work.h"

namespace coldstart::tune {

inline constexpr const char* kRateRung = "rate";  // of the sweep, and of the optimizers before it

struct Idea {
  std::string optimizer = {};
  double lr = 0;
  int64_t warmup = 0;  // steps
  int64_t seed = 1;

  std::string name() const;  // "muon-lr0.02-warmup4-seed2"
};

struct Trial {
  Idea idea;
  double loss = NAN;                // NaN: it diverged
  int64_t trunk_steps = 0;          // where the trunk stands
  std::vector<std::string> trunks;  // runs it is made of, first to last
  std::string cooled;               // the run that was scored; empty: none

  bool trained() const { return std::isfinite(loss); }
  double rank() const { return trained() ? loss : INFINITY; }  // what diverged comes last
};

// A trial of `length` steps; `before` is the same idea with a shorter trunk, or nullptr. The scored
// model is kept as long as it is one of the best (finalists.h).
Trial cooled_rung(Work& work, const std::string& rung, const Idea& idea, int64_t length,
                  const std::string& why, const Trial* before = nullptr);

train::RunConfig trunk_config(const Work& work, const Idea& idea, int64_t steps);
train::RunConfig cooldown_config(const Work& work, const Idea& idea, int64_t from, int64_t end);

// Trunks and branch as one record of the planner, with the idea's values.
plan::Trial joined(const Work& work, const Trial& trial);

// Steps of the same trial by hand.
std::string command_of(const Work& work, const Idea& idea, int64_t length);

}  // namespace coldstart::tune
