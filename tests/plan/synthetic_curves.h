// Loss curves whose truth is known: trials of runs that are limited by compute, saturated, or
// overfit, with noise as real evaluations have it.
//
//   compute-bound  floor + A S1^-alpha - C S2 (the annealing law), a doubling gains 1.5 to 4 %
//   saturated      validation comes to a plateau, floor + a (1 + t/tau)^-p, and gains < 0.1 % from
//                  doubling; training goes on towards 0
//   overfitting    as saturated, and from a bend on validation rises by 3 to 12 %
// Noise is first-order autocorrelated (0.5), relative to the loss; spikes raise a few evaluations.
#pragma once

#include <cstdint>

#include "coldstart/plan/trial.h"

namespace coldstart::plan {

enum class Truth : uint8_t { compute_bound, saturated, overfitting };

struct SyntheticOptions {
  Truth truth = Truth::compute_bound;
  double noise = 0.003;  // standard deviation of an evaluation, share of the loss
  int64_t steps = 20'000;
  int64_t evals = 100;
  uint64_t seed = 1;
  bool spikes = false;  // in some trials
  double plateau = 0;   // share of the run at which it flattens; 0: drawn
  schedule::DecayShape decay = schedule::DecayShape::linear;
  double decay_share = 0.2;  // 0: constant rate; 1 with cosine: no hold
};

Trial synthetic_trial(const SyntheticOptions& options, uint64_t index = 0);
// Trials that differ in noise and a little in level, as over a nuisance hyperparameter.
Study synthetic_study(const SyntheticOptions& options, int64_t trials = 8);

}  // namespace coldstart::plan
