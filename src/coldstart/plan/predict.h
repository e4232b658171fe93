// What a longer run, or one with another schedule, will come to: a range, or a refusal.
//
//   fits   annealing law with every lambda that the runs can tell, leaving out 5, 10 and 20 % at
//          the start, and the multi-power law        (fitted_law.h)
//   point  annealing law, the lambda that fits best, leaving out 10 %; none for a POOR design
//   range  all of the fits, widened to at least +/- floor around each; floor = 0.5 % (GOOD), 0.75 %
//          (FAIR), 1.5 % (POOR), the held-out error when that is larger, or, with three or more
//          measured errors of one's own, the largest of these
//   checks the last third of the longest runs is hidden, predicted and compared; so is every whole
//          cooldown, from the trunk and the other cooldowns
// A design becomes POOR, whatever its learning rates promise, when a check is off by more than
// 1.5 % or the range is wider than +/- 3 %. The range of such a design goes up to the loss that has
// been reached already: the laws then do not hold for these curves, and they err by promising too
// much.
// Refused: more than 4x (GOOD), 2x (FAIR), 1.5x (POOR) the longest run, more than four passes over
// the data, overfitting, cooling down when no run has cooled down, a best fit below zero.
// Playbook CB-03; design 4.2 and 6.10. Test: tests/plan/predict_test.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/design_grade.h"
#include "coldstart/plan/fitted_law.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// Limits, all the tool's own.
inline constexpr double kMostCondition = 1e8;  // of J'J; above it the design counts one class lower
inline constexpr double kMostEpochs = 4;
inline constexpr size_t kEnoughHoldouts = 3;
inline constexpr double kDrops[] = {0.05, 0.10, 0.20};
// Of a held-out prediction: what a POOR design is off by anyway (its floor). The checks of the
// public curves of docs/planner_accuracy.md are off by 0.9 % at most.
inline constexpr double kMostHeldOut = 0.015;
// Half-width of the range, share of the loss. Tripling the steps of healthy runs brings 3 to 4.5 %:
// a wider range does not tell whether it helps at all. Designs of two histories of the public
// curves need 2.3 %.
inline constexpr double kMostHalfWidth = 0.03;

struct PredictOptions {
  bool overfitting = false;                 // found in one of the runs
  double epochs = 0;                        // passes over the data at the target; 0: not known
  std::vector<double> holdout_errors = {};  // |predicted / measured - 1| of one's own predictions
  bool multi_power = true;                  // fit it too: about half of the time
  bool validate = true;
  bool beyond_reach = false;  // go farther than the design allows, with a warning
};

// Predicted and measured final loss of a run that was hidden from step `from` on.
struct Holdout {
  std::string run;
  double from = 0, to = 0;  // steps
  double predicted = 0, measured = 0;
  double error() const { return predicted / measured - 1; }
};

struct LawPrediction {
  FittedLaw law;
  double loss = 0;
};

struct Prediction {
  DesignGrade grade;
  Design design = Design::poor;    // after the fit and the checks had their say
  std::string reason;              // for that class
  double longest = 0, target = 0;  // steps
  std::optional<double> loss;      // the point; none for a POOR design
  Interval range;                  // mid: the best fit, also where there is no point
  double floor = 0;                // share of the loss
  bool own_floor = false;          // from holdout_errors
  std::vector<Holdout> holdouts;
  std::vector<LawPrediction> fits;   // the best annealing fit first
  std::vector<std::string> refused;  // reasons; the numbers above then mean nothing
  std::vector<std::string> warnings;
};

// The loss at the end of `target`, whose rates cover its steps. Reasons not to predict end up in
// `refused`; DataError when the curves cannot be fitted at all.
Prediction predict(std::span<const RunCurve> curves, const LrTrace& target,
                   const PredictOptions& options = {});

// Label REFUSED, or the design class.
Verdict to_verdict(const Prediction& prediction);

}  // namespace coldstart::plan
