// The learning rates of a run as straight pieces: what a law about loss and rate looks at.
//
// A schedule or a recorded column of millions of rates becomes a few hundred knots (step, rate),
// joined by straight lines (a jump is a steep one). On a straight piece the sums that the laws need
// have closed forms, so their cost does not grow with the length of the run.
// Test: tests/plan/lr_trace_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coldstart/schedule/schedule.h"

namespace coldstart::plan {

struct LrKnot {
  double step = 0, lr = 0;
};

class LrTrace {
 public:
  LrTrace() = default;

  // Rates of steps 0 .. steps; curved parts are cut into `pieces`.
  static LrTrace of(const schedule::Schedule& schedule, int64_t steps, int pieces = 64);
  // From recorded rates (steps increasing, at least one, rates finite and >= 0); a knot is dropped
  // when the line through its neighbours is within `tolerance` of the peak. Before the first
  // record the rate rises from 0 over warmup_steps and is the first recorded one after that; after
  // the last one it stays. DataError for anything else.
  static LrTrace of(std::span<const int64_t> step, std::span<const double> lr, int64_t steps,
                    int64_t warmup_steps, double tolerance = 1e-3);

  double lr(double step) const;
  double area(double step) const;  // integral of the rate over [0, step]
  double last_step() const { return knots_.empty() ? 0 : knots_.back().step; }
  double peak() const;
  // End of the rise at the start: the first step at the peak, when everything before it rises.
  double warmup_end() const;
  std::span<const LrKnot> knots() const { return knots_; }
  // The same history over `times` as many steps; the warmup keeps its length.
  LrTrace stretched(double times) const;
  LrTrace until(double step) const;  // the first part of it

  // The first step at which two traces differ by more than 1 % of the peak; the shorter length when
  // they never do.
  friend double divergence(const LrTrace& a, const LrTrace& b);

 private:
  void add(double step, double lr);
  void finish();
  size_t piece_at(double step) const;  // index of the last knot at or before the step

  std::vector<LrKnot> knots_;
  std::vector<double> area_;  // up to each knot
};

double divergence(const LrTrace& a, const LrTrace& b);

// The last step, from the end of the warmup on, at which the rate is within 1 % of the peak.
double fall_start(const LrTrace& trace);
// Where a run leaves a hold at the peak to be cooled down; none: < 0. A cooldown loses at least
// 40 % of the peak, and is at most twice as long as the hold before it (so a cosine is none).
double cooldown_start(const LrTrace& trace);

}  // namespace coldstart::plan
