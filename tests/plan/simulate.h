// Small simulators of training curves, with known truth: what the planner's tests hold verdicts
// against. Everything is a function of a seed.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "coldstart/core/random.h"
#include "coldstart/plan/trial.h"

namespace coldstart::plan {

// First-order correlated noise with standard deviation sd.
inline std::vector<double> ar_noise(uint64_t seed, size_t n, double sd, double phi = 0.5) {
  const Rng rng(seed, Stream::test);
  std::vector<double> noise(n);
  double last = rng.normal(n);
  for (size_t i = 0; i < n; ++i) {
    last = phi * last + std::sqrt(1 - phi * phi) * rng.normal(i);
    noise[i] = sd * last;
  }
  return noise;
}

struct CurveShape {
  int64_t steps = 1000;
  int64_t evals = 100;
  double noise = 0.01, phi = 0.5;  // nats
};

// A finished trial whose validation loss at fraction x of training is truth(x) plus noise.
inline Trial simulated_trial(uint64_t seed, const std::function<double(double)>& truth,
                             const CurveShape& shape = {}) {
  Trial trial;
  trial.index = static_cast<int64_t>(seed % 100000);
  trial.name = fmt::format("sim/{}", seed);
  trial.state = TrialState::finished;
  trial.planned_steps = shape.steps;
  const auto noise = ar_noise(seed, static_cast<size_t>(shape.evals), shape.noise, shape.phi);
  for (int64_t i = 1; i <= shape.evals; ++i) {
    trial.evals.step.push_back(shape.steps * i / shape.evals);
    trial.evals.val.push_back(truth(static_cast<double>(i) / static_cast<double>(shape.evals)) +
                              noise[static_cast<size_t>(i - 1)]);
  }
  return trial;
}

// Falls from 4 nats to 3 and is flat from `at` on.
inline std::function<double(double)> plateau(double at) {
  return [at](double x) { return x < at ? 3 + std::pow(1 - x / at, 2) : 3.0; };
}

// Never flat: each doubling gains `gain` nats.
inline std::function<double(double)> falling(double gain = 0.06) {
  return [gain](double x) { return 3 - gain * std::log2(x); };
}

inline Study simulated_study(const std::vector<Trial>& trials, int64_t steps = 1000) {
  Study study;
  study.name = "sim";
  study.goal = "how long";
  study.max_steps = steps;
  study.trials = trials;
  return study;
}

// A loss at every step: `truth` of the fraction plus independent noise.
inline void add_losses(Trial& trial, uint64_t seed, int64_t steps,
                       const std::function<double(double)>& truth, double noise = 0.05) {
  const Rng rng(seed, Stream::test, 1);
  for (int64_t i = 1; i <= steps; ++i) {
    trial.steps.step.push_back(i);
    trial.steps.loss.push_back(truth(static_cast<double>(i) / static_cast<double>(steps)) +
                               noise * rng.normal(static_cast<uint64_t>(i)));
  }
}

// A hyperparameter on a linear scale from 0 to 1 (so that u is its value).
inline HParam unit_hparam(const std::string& name = "x") {
  return {.name = name, .role = Role::nuisance, .lo = 0, .hi = 1};
}

// A finished trial with one evaluation.
inline Trial point_trial(double u, double value, const std::string& name = "x") {
  Trial trial;
  trial.state = TrialState::finished;
  trial.planned_steps = 100;
  trial.values[name] = fmt::format("{:.6f}", u);
  trial.evals.step = {100};
  trial.evals.val = {value};
  return trial;
}
inline Trial infeasible_trial(double u, const std::string& name = "x") {
  Trial trial = point_trial(u, NAN, name);
  trial.evals = {};
  trial.state = TrialState::infeasible;
  trial.reason = Reason::diverged;
  return trial;
}

}  // namespace coldstart::plan
