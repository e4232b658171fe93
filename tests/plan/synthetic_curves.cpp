#include "tests/plan/synthetic_curves.h"

#include <cmath>

#include "coldstart/core/random.h"
#include "coldstart/plan/annealing_law.h"

namespace coldstart::plan {

namespace {

// Numbers of one purpose, drawn in order.
class Draws {
 public:
  Draws(uint64_t seed, uint32_t purpose) : rng_(seed, Stream::test, purpose) {}
  double uniform(double lo, double hi) { return lo + (hi - lo) * rng_.uniform(next_++); }
  double normal() { return rng_.normal(next_++); }

 private:
  Rng rng_;
  uint64_t next_ = 0;
};

schedule::Schedule schedule_of(const SyntheticOptions& o) {
  schedule::Schedule s;
  s.base = 1e-3;
  s.warmup = o.steps / 50;
  s.decay = std::llround(o.decay_share * static_cast<double>(o.steps));
  s.decay = std::min(s.decay, o.steps - s.warmup);
  s.hold = o.steps - s.warmup - s.decay;
  s.fall = {.shape = s.decay > 0 ? o.decay : schedule::DecayShape::none};
  return s;
}

std::vector<double> compute_bound(const SyntheticOptions& o, const LrTrace& rates,
                                  const std::vector<double>& steps, double gap) {
  Draws draw(o.seed, 1);  // one truth a study
  const double alpha = draw.uniform(0.35, 0.6), lambda = draw.uniform(0.997, 0.9993);
  const AnnealingSums sums = annealing_sums(rates, lambda, steps);
  // L0 and A so that the end is near `level` and doubling gains `gain`, C for the cooldown.
  const double level = draw.uniform(2.2, 3.8), gain = draw.uniform(0.015, 0.04);
  const double power = std::pow(sums.s1.back(), -alpha);
  const double A = gain * level / (power * (1 - std::pow(2, -alpha)));
  const double C = sums.s2.back() > 0 ? draw.uniform(0.015, 0.04) * level / sums.s2.back() : 0;
  const double floor = level - A * power + C * sums.s2.back();
  std::vector<double> loss;
  for (size_t i = 0; i < steps.size(); ++i)
    loss.push_back((1 - gap) * (floor + A * std::pow(sums.s1[i], -alpha) - C * sums.s2[i]));
  return loss;
}

struct Plateau {
  double level, height, tau, power;
  double at(double t) const { return level + height * std::pow(1 + t / tau, -power); }
};
Plateau plateau_of(const SyntheticOptions& o) {
  Draws draw(o.seed, 2);
  const auto T = static_cast<double>(o.steps);
  Plateau p{draw.uniform(1.2, 3), draw.uniform(2, 5), 0, draw.uniform(1.8, 3)};
  // Flat (0.2 % above its level) at this share of the run.
  const double flat = o.plateau > 0 ? o.plateau : draw.uniform(0.08, 0.35);
  p.tau = flat * T / (std::pow(0.002 * p.level / p.height, -1 / p.power) - 1);
  return p;
}

// What training comes to: it goes on falling, slowly, towards 0.
double memorised(const Plateau& p, double t) {
  return p.at(t) / (1 + std::pow(t / (20 * p.tau), 0.9));
}

double bend(const SyntheticOptions& o, double t) {
  Draws draw(o.seed, 3);
  const auto T = static_cast<double>(o.steps);
  const double start = draw.uniform(0.3, 0.6) * T, rise = draw.uniform(0.03, 0.12);
  return t <= start ? 0 : rise * (t - start) / (T - start);
}

void add_noise(const SyntheticOptions& o, uint32_t purpose, std::vector<double>& loss) {
  constexpr double kCorrelation = 0.5;
  Draws draw(o.seed, purpose);
  double noise = draw.normal();
  for (double& value : loss) {
    value *= 1 + o.noise * noise;
    noise = kCorrelation * noise + std::sqrt(1 - kCorrelation * kCorrelation) * draw.normal();
  }
}

void add_spikes(const SyntheticOptions& o, uint32_t purpose, std::vector<double>& loss) {
  Draws draw(o.seed, purpose);
  if (draw.uniform(0, 1) > 0.5) return;
  const auto n = static_cast<double>(loss.size());
  const auto at = static_cast<size_t>(draw.uniform(0.2, 0.8) * n);
  for (size_t i = at; i < std::min(at + 3, loss.size()); ++i)
    loss[i] *= 1 + draw.uniform(0.05, 0.3);
}

}  // namespace

Trial synthetic_trial(const SyntheticOptions& o, uint64_t index) {
  Trial t;
  t.index = static_cast<int64_t>(index);
  t.name = "synthetic/" + std::to_string(index);
  t.state = TrialState::finished;
  t.planned_steps = o.steps;
  t.schedule = schedule_of(o);
  const LrTrace rates = LrTrace::of(*t.schedule, o.steps);
  std::vector<double> steps;
  for (int64_t k = 1; k <= o.evals; ++k) {
    t.evals.step.push_back(k * o.steps / o.evals);
    steps.push_back(static_cast<double>(t.evals.step.back()));
  }
  if (o.truth == Truth::compute_bound) {
    t.evals.val = compute_bound(o, rates, steps, 0);
    t.evals.train = compute_bound(o, rates, steps, 0.01);
  } else {
    const Plateau p = plateau_of(o);
    for (const double step : steps) {
      t.evals.val.push_back(p.at(step) * (1 + (o.truth == Truth::overfitting ? bend(o, step) : 0)));
      t.evals.train.push_back(memorised(p, step));
    }
  }
  Draws level(o.seed, static_cast<uint32_t>(1000 + index));
  const double shift = 1 + 0.01 * std::abs(level.normal());
  for (double& v : t.evals.val) v *= shift;
  add_noise(o, static_cast<uint32_t>(2000 + index), t.evals.val);
  add_noise(o, static_cast<uint32_t>(3000 + index), t.evals.train);
  if (o.spikes) add_spikes(o, static_cast<uint32_t>(4000 + index), t.evals.val);
  return t;
}

Study synthetic_study(const SyntheticOptions& o, int64_t trials) {
  Study study;
  study.name = "synthetic";
  study.max_steps = o.steps;
  for (int64_t i = 0; i < trials; ++i)
    study.trials.push_back(synthetic_trial(o, static_cast<uint64_t>(i)));
  return study;
}

}  // namespace coldstart::plan
