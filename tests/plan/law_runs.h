// Runs whose losses follow the annealing law exactly, or with independent noise: a constant trunk
// and cooldowns of it, as a user would branch them.
#pragma once

#include <string>
#include <vector>

#include "coldstart/core/random.h"
#include "coldstart/plan/annealing_law.h"
#include "coldstart/plan/run_curve.h"

namespace coldstart::plan {

inline constexpr AnnealingLaw kLaw{.floor = 2.8, .A = 0.58, .alpha = 0.47, .C = 0.5};

inline schedule::Schedule trunk(int64_t steps) {
  return {.warmup = 2000,
          .hold = steps - 2000,
          .base = 3e-4,
          .fall = {.shape = schedule::DecayShape::none}};
}
inline schedule::Schedule cooled(int64_t from, int64_t steps) {
  schedule::Schedule s = trunk(from);
  s.decay = steps - from;
  s.fall = {.shape = schedule::DecayShape::linear, .final_ratio = 0.1};
  return s;
}
inline schedule::Schedule cosine(int64_t steps) {
  schedule::Schedule s{.warmup = 2000, .decay = steps - 2000, .base = 3e-4};
  s.fall = {.shape = schedule::DecayShape::cosine, .final_ratio = 0.1};
  return s;
}

inline double law_loss(const LrTrace& rates, double step, double lambda = 0.999) {
  const std::vector<double> at = {step};
  const AnnealingSums sums = annealing_sums(rates, lambda, at);
  return kLaw.loss(sums.s1[0], sums.s2[0]);
}

inline Trial law_trial(const std::string& name, const schedule::Schedule& s, double noise = 0) {
  Trial t;
  t.name = name;
  t.state = TrialState::finished;
  t.schedule = s;
  t.planned_steps = s.total();
  const LrTrace rates = LrTrace::of(s, s.total());
  const Rng rng(name.size() * 31 + static_cast<uint64_t>(s.hold), Stream::test);
  for (int64_t step = 128; step <= s.total(); step += 128) {
    t.evals.step.push_back(step);
    t.evals.val.push_back(law_loss(rates, static_cast<double>(step)) *
                          (1 + noise * rng.normal(static_cast<uint64_t>(step))));
  }
  return t;
}
inline RunCurve law_curve(const std::string& name, const schedule::Schedule& s, double noise = 0) {
  return run_curve(law_trial(name, s, noise));
}

// The good design: a trunk of 24k steps and cooldowns that leave it at 8k and 20k.
inline std::vector<RunCurve> good_design(double noise = 0) {
  return {law_curve("trunk", trunk(24'000), noise),
          law_curve("cooled 8k", cooled(8'000, 12'000), noise),
          law_curve("cooled 20k", cooled(20'000, 24'000), noise)};
}

}  // namespace coldstart::plan
