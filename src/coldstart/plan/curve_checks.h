// Curve checks: what a look at the training curves of the best trials would show.
//
//   W-EVAL-IRREGULAR  evaluations are not spaced evenly in steps             EV-01
//   W-PERIODIC        the validation loss swings with a period               EV-04
//   W-TRAIN-RISING    the training loss rises for good: usually a fault      CU-07
//   W-LUCKY-STEP      late scatter > half the gap between the two best trials CU-04
//   W-HOBBLED         the best values of a hyperparameter are those that fit worse, where the
//                     others overfit: selection may reward what hinders training   CU-03
// and overfitting of the trials that are compared (CU-02). Playbook L910-992, L1402-1460.
// Test: tests/plan/curve_checks_test.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coldstart/plan/overfitting.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct CurveFinding {
  std::string code;  // "W-LUCKY-STEP", "CU-02"
  std::string text;
  std::optional<size_t> trial;  // index into study.trials
};

std::optional<CurveFinding> irregular_evaluations(const Trial& trial);
// Without the number of unique tokens any period is looked for.
std::optional<CurveFinding> periodic_validation(const Trial& trial);
// At least 3 blocks of 20 in a row rise, by 3 sigma in all, and the run ends up there.
std::optional<CurveFinding> rising_training(const Trial& trial);

std::optional<CurveFinding> lucky_step(const Study& study);

// How one trial fits: the part of it that CU-02 and CU-03 look at.
struct TrialFit {
  std::optional<Overfitting> overfitting;
  double train = NAN;  // last value of the training probe
};
std::vector<TrialFit> fits_of(const Study& study, double sigma);  // one a trial of the study
std::vector<CurveFinding> overfitting_trials(const Study& study, const std::vector<TrialFit>& fits);
std::optional<CurveFinding> hobbled(const Study& study, const HParam& hparam,
                                    const std::vector<TrialFit>& fits);

// All of them over a study: the per-trial ones for the best `top` trials, overfitting for all.
std::vector<CurveFinding> check_curves(const Study& study, size_t top = 3);
Verdict curves_verdict(const std::vector<CurveFinding>& findings);

}  // namespace coldstart::plan
