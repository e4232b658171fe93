// RunCurve: what a law is fitted to: the loss of one run at some steps, and the rates that made it.
//
// Made from a Trial with all the checks that a fit relies on: increasing steps, finite losses above
// 0, enough of them, a known learning rate. Long curves are averaged over equal blocks of records.
// Test: tests/plan/run_curve_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/plan/lr_trace.h"
#include "coldstart/plan/trial.h"

namespace coldstart::plan {

enum class LossColumn : uint8_t { val, train, batch };  // evals.val, evals.train, steps.loss

struct RunCurve {
  std::string name;
  std::vector<double> step, loss;  // increasing; > 0
  LrTrace rates;                   // over the planned run
  double warmup = 0;               // steps
  double last = 0;                 // the last step that was recorded
  // Mean of the last three records, what is called the final loss; the step it stands for.
  double final_loss = 0, final_step = 0;
  int dropped = 0;  // records without a finite loss
};

inline constexpr size_t kMinCurvePoints = 20;  // records of the objective
inline constexpr size_t kMaxCurvePoints = 240;

// DataError when the trial cannot carry a prediction: no such column, no learning rate (neither
// schedule nor recorded), fewer than kMinCurvePoints records, steps that go back or repeat, more
// than a tenth without a finite loss, a loss <= 0 (a metric that is no loss), a constant curve, a
// rate changed by hand, an infeasible trial.
RunCurve run_curve(const Trial& trial, LossColumn objective = LossColumn::val,
                   size_t points = kMaxCurvePoints);

// The rates of a trial over its planned steps, from the schedule or else from the records. A
// schedule with base = 0 only tells the warmup, which the records then need not show.
LrTrace rates_of(const Trial& trial);

// The part of a curve up to a step, with the rates of the whole run.
RunCurve head(const RunCurve& curve, double last_step);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::LossColumn> {
  using E = plan::LossColumn;
  static constexpr auto names =
      enum_names<E>({{E::val, "val"}, {E::train, "train"}, {E::batch, "batch"}});
};
