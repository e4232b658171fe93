#include "coldstart/plan/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {

namespace {

constexpr double kThird = 1.0 / 3;

std::vector<RunCurve> curves_of(std::span<const Trial> trials, Calibration& c) {
  std::vector<RunCurve> curves;
  for (const Trial& trial : trials) {
    try {
      curves.push_back(run_curve(trial));
    } catch (const DataError& error) {
      c.predictions.push_back({.run = trial.name, .range = {}, .refused = error.what()});
    }
  }
  if (curves.empty())
    throw DataError("calibrate", "no run can be replayed",
                    c.predictions.empty() ? "give finished runs" : c.predictions.front().refused);
  return curves;
}

void replay_predictions(const std::vector<RunCurve>& curves, Calibration& c) {
  double longest = 0;
  for (const RunCurve& curve : curves) longest = std::max(longest, curve.last);
  const double cut = kThird * longest;
  std::vector<RunCurve> heads;
  for (const RunCurve& curve : curves) {
    RunCurve part = head(curve, cut);
    if (part.step.size() >= kMinCurvePoints) heads.push_back(std::move(part));
  }
  for (const RunCurve& curve : curves) {
    constexpr double kFurther = 1.2;
    if (curve.last < kFurther * cut) continue;
    ReplayedPrediction r{.run = curve.name, .from = cut, .to = curve.final_step, .range = {}};
    r.measured = curve.final_loss;
    if (heads.empty()) {
      r.refused = fmt::format("fewer than {} records in the first third", kMinCurvePoints);
    } else {
      // To the end of the records, beyond what the design allows: that is what is being tested.
      const Prediction p = predict(heads, curve.rates.until(curve.final_step),
                                   {.validate = false, .beyond_reach = true});
      r.design = p.design;
      r.predicted = p.range.mid;
      r.range = p.range;
      if (!p.refused.empty()) r.refused = fmt::format("{}", fmt::join(p.refused, "; "));
    }
    c.predictions.push_back(std::move(r));
  }
}

// The records of the first half, as a trial of that length.
Trial first_half(const Trial& trial, int64_t half) {
  Trial cut = trial;
  const auto keep = [half](std::vector<int64_t>& step, auto&... columns) {
    const auto n =
        static_cast<size_t>(std::upper_bound(step.begin(), step.end(), half) - step.begin());
    step.resize(n);
    ((columns.resize(std::min(n, columns.size()))), ...);
  };
  keep(cut.evals.step, cut.evals.val, cut.evals.val_se, cut.evals.train, cut.evals.docs);
  keep(cut.steps.step, cut.steps.loss, cut.steps.lr, cut.steps.grad_norm, cut.steps.clipped);
  cut.planned_steps = half;
  return cut;
}

ReplayedVerdict replay_verdict(const Trial& trial, const ClassifyOptions& options) {
  ReplayedVerdict r{.run = trial.name};
  try {
    const RunCurve curve = run_curve(trial);
    const double half = curve.last / 2;
    const double peak = curve.rates.peak();
    if (curve.rates.lr(half) < 0.98 * peak || curve.rates.lr(curve.last) < 0.98 * peak) {
      r.refused = "its rate decays: the second half would gain from that alone";
      return r;
    }
    const RunCurve before = head(curve, half);
    r.gain = before.final_loss - curve.final_loss;
    const double eps = std::max(options.sigma, options.eps_share * before.final_loss);
    r.truth = r.gain > eps    ? Workload::compute_bound
              : r.gain < -eps ? Workload::overfitting
                              : Workload::saturated;
    r.verdict = classify_trial(first_half(trial, static_cast<int64_t>(half)), {}, options).label;
  } catch (const Error& error) {
    r.refused = error.what();
  }
  return r;
}

}  // namespace

std::vector<double> Calibration::errors() const {
  std::vector<double> result;
  for (const ReplayedPrediction& p : predictions)
    if (p.refused.empty()) result.push_back(std::abs(p.error()));
  return result;
}

Calibration calibrate(std::span<const Trial> trials, const ClassifyOptions& options) {
  Calibration c;
  replay_predictions(curves_of(trials, c), c);
  for (const Trial& trial : trials) c.verdicts.push_back(replay_verdict(trial, options));
  return c;
}

std::string text_of(const Calibration& c) {
  std::string text = "predictions from the first third\n";
  for (const ReplayedPrediction& p : c.predictions) {
    if (!p.refused.empty()) {
      text += fmt::format("  {}: none: {}\n", p.run, p.refused);
      continue;
    }
    text += fmt::format(
        "  {}: step {:.0f} to {:.0f}, {}: predicted {:.4f} [{:.4f}, {:.4f}], "
        "measured {:.4f}, {:+.2f} %, {}\n",
        p.run, p.from, p.to, enum_name(p.design), p.predicted, p.range.lo, p.range.hi, p.measured,
        100 * p.error(), p.hit() ? "hit" : "miss");
  }
  text += "verdicts from the first half\n";
  for (const ReplayedVerdict& v : c.verdicts)
    text += v.refused.empty() ? fmt::format("  {}: {}, and it was {} (gain {:+.4f})\n", v.run,
                                            enum_name(v.verdict), enum_name(v.truth), v.gain)
                              : fmt::format("  {}: none: {}\n", v.run, v.refused);
  return text;
}

}  // namespace coldstart::plan
