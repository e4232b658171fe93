#include "coldstart/plan/doubling.h"

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/plan/fitted_law.h"
#include "coldstart/plan/predict.h"
#include "coldstart/plan/series.h"
#include "coldstart/schedule/extend.h"

namespace coldstart::plan {

namespace {

constexpr size_t kPoints = 64;   // of a curve: many trials are judged at once
constexpr double kShare = 0.25;  // of the gain: what one curve leaves open beyond the lambdas
constexpr double kErrors = 2;    // standard errors

// The rates of the doubled run. Without a schedule the recorded ones say whether the run decayed:
// a constant one goes on, any other is stretched as a cosine is.
LrTrace doubled(const Trial& trial, const LrTrace& rates, int64_t steps) {
  if (trial.schedule && trial.schedule->base > 0) {
    const schedule::Extension e = schedule::extend(
        *trial.schedule, 2 * std::max(steps, trial.schedule->total()), {.force = true});
    return LrTrace::of(e.schedule, e.schedule.total());
  }
  return rates.stretched(2);
}

void set_interval(DoublingGain& result) {
  result.gain = {};
  for (const GainFit& fit : result.fits) {
    const double half = std::max(kErrors * fit.se, kShare * std::abs(fit.gain));
    result.gain.lo = std::fmin(result.gain.lo, fit.gain - half);
    result.gain.hi = std::fmax(result.gain.hi, fit.gain + half);
  }
  result.gain.mid = result.fits[result.point].gain;
}

}  // namespace

DoublingGain gain_of_doubling(const Trial& trial, LossColumn column) {
  const RunCurve curve = run_curve(trial, column, kPoints);
  const auto steps = static_cast<int64_t>(curve.last);
  const LrTrace longer = doubled(trial, curve.rates, steps);
  DoublingGain result{.gain = {}, .final_loss = curve.final_loss, .last_step = curve.last};
  const std::vector<double> lambdas = lambdas_told_by({&curve, 1});
  double lowest = INFINITY;
  for (const double drop : kDrops) {
    for (const double lambda : lambdas) {
      const FittedLaw law = fit_annealing({&curve, 1}, lambda, drop);
      const double end = curve.rates.last_step();
      // The fit weighs relative residuals: its standard errors are already in nats.
      result.fits.push_back(
          {.drop = drop,
           .lambda = lambda,
           .gain = law.loss(curve.rates, end) - law.loss(longer, longer.last_step()),
           .se = law.gain_se(curve.rates, end, longer, longer.last_step())});
      // Objectives of different windows do not compare; the middle one has the point.
      if (drop == kDrops[1] && law.objective < lowest) {
        lowest = law.objective;
        result.point = result.fits.size() - 1;
      }
    }
  }
  set_interval(result);
  return result;
}

DoublingGain mean_gain(std::span<const DoublingGain> trials) {
  COLDSTART_CHECK(!trials.empty(), "the mean of no gains");
  DoublingGain result = trials.front();
  const auto same = [&](const DoublingGain& other) {
    return std::ranges::equal(other.fits, result.fits, {}, &GainFit::lambda, &GainFit::lambda);
  };
  std::vector<const DoublingGain*> pooled;
  for (const DoublingGain& trial : trials)
    if (same(trial)) pooled.push_back(&trial);
  const auto n = static_cast<double>(pooled.size());
  result.final_loss = 0;
  for (const DoublingGain* trial : pooled) result.final_loss += trial->final_loss / n;
  for (size_t f = 0; f < result.fits.size(); ++f) {
    std::vector<double> gains;
    double squares = 0;
    for (const DoublingGain* trial : pooled) {
      gains.push_back(trial->fits[f].gain);
      squares += trial->fits[f].se * trial->fits[f].se;
    }
    result.fits[f].gain = mean(gains);
    result.fits[f].se = std::sqrt(std::max(squares / n, variance(gains)) / n);
  }
  set_interval(result);
  return result;
}

}  // namespace coldstart::plan
