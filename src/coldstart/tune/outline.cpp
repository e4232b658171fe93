#include "coldstart/tune/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/tune/contenders.h"

namespace coldstart::tune {

namespace {

int64_t whole(double steps) { return std::max<int64_t>(1, std::llround(steps)); }

// Steps of everything but the production run, for a production run of P steps.
double before_production(const Outline& o) {
  const auto trial = static_cast<double>(o.trial_steps);
  const double trunk = (1 - kCooldown) * trial;
  double steps = static_cast<double>(o.optimizers + o.rates + o.warmed) * trial +
                 static_cast<double>(o.probe_steps);
  const auto bridge = static_cast<double>(o.bridge_steps);
  steps += 2 * (bridge - trunk);
  return steps - (1 - kCooldown) * bridge;  // which the production run goes on from
}

// L, B and P that belong together: P = S - (what comes before, given P).
void share_out(Outline& o) {
  double production = 0.6 * static_cast<double>(o.steps);
  for (int round = 0; round < 20; ++round) {
    o.trial_steps = std::max(kFewestTrialSteps, whole(kTrialShare * production));
    o.probe_steps = o.trial_steps / 2;
    o.bridge_steps = whole(kBridgeShare * production);
    production = std::max(1.0, static_cast<double>(o.steps) - before_production(o));
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

}  // namespace coldstart::tune
