// Adoption: is a new configuration better than the baseline, given the noise of both, and is it
// worth its complexity?
//
//   gain = mean(baseline) - mean(candidate);  se = sigma sqrt(1/n_a + 1/n_b)
//   P(better) = Phi(gain / se);  interval with Student's t for a sigma from few reruns
//   paired: when both sides ran the same seeds, gain and se are those of the differences d of each
//   seed, se = sd(d) / sqrt(n), and Student's t with n - 1 degrees gives interval and P; with 5
//   pairs or more, and with 3 or more when sigma is not known (ours)
//
// Certainty is not required, but both sides' variation has to be known, and a sentence about the
// added complexity is (playbook L1068-1109; AD-01 to AD-03). Test: tests/plan/adopt_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct Gain {
  Interval interval;         // 95 %; lo and hi NaN when the noise is not known
  double probability = NAN;  // that the candidate is better
  bool noise_known = false;
};
// sigma 0: not known. sigma_n: reruns it is from; 0: not known, taken as exact.
Gain gain_of(const std::vector<double>& baseline, const std::vector<double>& candidate,
             double sigma, int64_t sigma_n);

// The same of runs that differ in nothing but what is compared: results of the same seeds, in the
// same order, at least two.
Gain paired_gain(const std::vector<double>& baseline, const std::vector<double>& candidate);

struct Adoption {
  std::string candidate;
  std::string complexity_note;  // required
  std::vector<double> baseline_results, candidate_results;
  bool paired = false;  // the results of both are those of the same seeds, in the same order
  double sigma = 0;
  int64_t sigma_n = 0;
  bool same_family = true;    // sigma was measured on this kind of configuration
  bool intervention = false;  // of the candidate: cannot be adopted (SC-02)
  double wanted = 0.84;       // probability: gain > its standard error
};
// ADOPT, HOLD or REJECT. ConfigError without a complexity note, or without results on one side.
Verdict adopt(const Adoption& adoption);

// AD-01: how far the outcome of a whole search varies: the spread of best-of-n over searches like
// this one (exact bootstrap), beside the spread between seeds.
Verdict variation_verdict(std::vector<double> results, double sigma_trial);

}  // namespace coldstart::plan
