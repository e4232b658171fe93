#include "coldstart/tune/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/tune/contenders.h"

namespace coldstart::tune {

namespace {

constexpr double kCheckShare = 0.01;  // of the steps
constexpr int64_t kFewestCheckSteps = 12, kMostCheckSteps = 60;

int64_t whole(double steps) { return std::max<int64_t>(1, std::llround(steps)); }

// L, B and P that belong together: P = S - (what comes before, given P).
void share_out(Outline& o) {
  double production = 0.6 * static_cast<double>(o.steps);
  for (int round = 0; round < 20; ++round) {
    o.trial_steps = std::max(kFewestTrialSteps, whole(kTrialShare * production));
    o.probe_steps = o.trial_steps / 2;
    o.bridge_steps = whole(kBridgeShare * production);
    const PhaseSteps before = phase_steps(o);
    production = std::max(1.0, static_cast<double>(o.steps - before.rates - before.warmup -
                                                   before.round1 + trunk_steps(o.bridge_steps)));
  }
  o.production_steps = whole(production);
}

}  // namespace

Outline outline_of(int64_t steps) {
  Outline o{.steps = steps, .skipped = {}};
  if (steps < kFewestTunedSteps) {
    o.tuned = o.full = false;
    o.production_steps = steps;
    o.skipped.push_back(fmt::format(
        "not tuned: of {} steps trials would take too large a part (they begin at {}); one run of "
        "{} at its documented rate, {}",
        steps, kFewestTunedSteps, kContenders.front().name, kContenders.front().first_rate));
    return o;
  }
  o.full = steps >= kFewestFullSteps;
  o.optimizers = std::ssize(kContenders) - 1;
  o.rates = o.full ? 5 : 3;
  o.pairs = steps >= kFewestPairedSteps ? kPairs : 1;
  o.warmed = 2 * o.pairs - 1 + (o.full ? 1 : 0);
  share_out(o);
  if (!o.full)
    o.skipped.push_back(fmt::format(
        "below {} steps the learning rate is not refined between its steps of 3 or 4, and no "
        "higher rate is tried with warmup",
        kFewestFullSteps));
  if (o.pairs == 1)
    o.skipped.push_back(fmt::format(
        "below {} steps the warmup claim has one pair of runs: the noise between seeds stays "
        "unknown",
        kFewestPairedSteps));
  return o;
}

int64_t check_steps(int64_t steps) {
  const auto share = static_cast<int64_t>(kCheckShare * static_cast<double>(steps));
  return std::clamp(share, kFewestCheckSteps, kMostCheckSteps);
}

int64_t trunk_steps(int64_t length) {
  return length - std::llround(kCooldown * static_cast<double>(length));
}

int64_t fit_steps(const Outline& o) {
  return std::max(o.trial_steps,
                  static_cast<int64_t>(kFitShare * static_cast<double>(o.production_steps)));
}

PhaseSteps phase_steps(const Outline& o) {
  if (!o.tuned) return {.round2 = o.production_steps};
  return {.rates = (o.optimizers + o.rates) * o.trial_steps + o.probe_steps,
          .warmup = o.warmed * o.trial_steps,
          .round1 = 2 * (o.bridge_steps - trunk_steps(o.trial_steps)),
          .round2 = o.production_steps - trunk_steps(o.bridge_steps)};
}

}  // namespace coldstart::tune
