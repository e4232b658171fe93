#include "coldstart/tune/longer_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "coldstart/core/error.h"
#include "coldstart/plan/series.h"
#include "coldstart/tune/outline.h"
#include "coldstart/tune/phases.h"

namespace coldstart::tune {

namespace {

// The losses of batches as means over blocks that end with the run, at the middle of each.
plan::RunCurve curve_of(plan::Trial trial, int64_t block) {
  const plan::StepSeries& steps = trial.steps;
  const auto length = static_cast<size_t>(block);
  trial.evals = {};
  for (size_t from = steps.size() % length; from < steps.size(); from += length) {
    trial.evals.step.push_back(steps.step[from + length / 2]);
    trial.evals.val.push_back(plan::mean(std::span(steps.loss).subspan(from, length)));
  }
  // A cooldown that was cut short has a schedule of its own for each part: the recorded rates tell.
  trial.schedule.reset();
  return plan::run_curve(trial);
}

plan::LrTrace target_of(const plan::LrTrace& rates, int64_t steps) {
  const int64_t warmup = std::llround(rates.warmup_end());
  const int64_t trunk = std::max(trunk_steps(steps), warmup);
  const schedule::Schedule longer{
      .warmup = warmup, .hold = trunk - warmup, .decay = steps - trunk, .base = rates.peak()};
  return plan::LrTrace::of(longer, steps);
}

void tell(const Work& work, const Trial& production, const LongerRun& longer, Decision& d) {
  d.label = longer.verdict.label;
  d.caveats = longer.verdict.warnings;
  if (!longer.foreseen()) {
    d.answer = longer.verdict.text;
    return;
  }
  const plan::Interval& range = longer.prediction.range;
  d.answer = answer_of(longer);
  d.evidence = {longer.verdict.text};
  for (const plan::Holdout& h : longer.prediction.holdouts)
    d.evidence.push_back(
        fmt::format("check: {} hidden after step {:.0f}, foreseen {:.4f}, measured {:.4f}", h.run,
                    h.from, h.predicted, h.measured));
  d.caveats.emplace_back(
      "of training batches, which were fresh text; validation and test losses lie beside it");
  d.commands = {command_of(work, production.idea, longer.steps)};
  d.numbers = {{"steps", static_cast<double>(longer.steps)}, {"lo", range.lo}, {"hi", range.hi}};
}

}  // namespace

std::string answer_of(const LongerRun& longer) {
  const plan::Interval& range = longer.prediction.range;
  if (range.hi >= longer.now)
    return fmt::format(
        "these runs do not tell: with {:.2g} times as many steps, {}, the loss of the batches, "
        "{:.4f} nats now, would lie between {:.4f} and {:.4f}",
        longer.times, longer.steps, longer.now, range.lo, range.hi);
  return fmt::format(
      "{:.2g} times as many steps, {}, would bring the loss of the batches from {:.4f} to between "
      "{:.4f} and {:.4f} nats",
      longer.times, longer.steps, longer.now, range.lo, range.hi);
}

LongerRun foresee(const std::vector<plan::Trial>& runs, double passes) {
  const auto length = static_cast<int64_t>(runs.front().steps.size());
  std::vector<plan::RunCurve> curves;
  for (const plan::Trial& run : runs)
    curves.push_back(curve_of(run, std::max<int64_t>(1, length / kBlocks)));
  LongerRun longer;
  longer.now = curves.front().final_loss;
  for (const double times : kTimes) {
    longer.times = times;
    longer.steps = std::llround(times * static_cast<double>(length));
    longer.prediction = plan::predict(curves, target_of(curves.front().rates, longer.steps),
                                      {.epochs = times * passes});
    if (longer.foreseen()) break;
  }
  longer.verdict = plan::to_verdict(longer.prediction);
  return longer;
}

void look_ahead(Work& work, const Trial& production, const Trial* round1) {
  settle(work, "longer", [&] {
    Decision d{.phase = "choice", .question = "What would a longer run buy?"};
    std::vector<plan::Trial> runs = {joined(work, production)};
    if (round1 != nullptr) runs.push_back(joined(work, *round1));
    const auto steps = static_cast<int64_t>(runs.front().steps.size());
    try {
      tell(work, production, foresee(runs, work.passes(steps)), d);
    } catch (const DataError& error) {
      d.label = "REFUSED";
      d.answer = fmt::format("No prediction: {}", error.what());
    }
    return d;
  });
}

}  // namespace coldstart::tune
