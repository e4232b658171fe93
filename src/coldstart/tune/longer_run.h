// What a longer run would come to, foreseen by plan/predict.h from the runs that were made anyway.
//
//   curves   the production run from step 0, and the cooled run of round 1 that it goes on from,
//            where there was one: two cooldowns of one trunk, the planner's GOOD design
//   target   the first of kTimes as many steps that the planner does not refuse, the same share of
//            them cooling down
// Evaluations are too few for the planner, and more would take steps from the run, but the loss of
// every batch is recorded: its means over blocks are the curves. While a text is fresh that is the
// loss on text not seen before; a text that is read many times is refused by the planner.
// Playbook CB-03; design 6.15, step 5. Test: tests/tune/longer_run_test.cpp.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/plan/predict.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::tune {

inline constexpr std::array kTimes = {2.0, 1.5};
inline constexpr int64_t kBlocks = 120;  // of the production run

struct LongerRun {
  int64_t steps = 0;  // of the run that was asked for
  double times = 0;   // of the production run
  double now = NAN;   // the loss that the production run has come to, as the planner reads it
  plan::Prediction prediction;
  plan::Verdict verdict;

  bool foreseen() const { return prediction.refused.empty(); }
};

// What is foreseen, in one sentence: a gain only where the whole range lies below the loss of now.
std::string answer_of(const LongerRun& longer);

// runs: the production run first. passes: over the text, by the production run. DataError when the
// records cannot carry a prediction.
LongerRun foresee(const std::vector<plan::Trial>& runs, double passes);

}  // namespace coldstart::tune
