// The schedule of a longer (or shorter) run, from the schedule of a run that was tuned.
//
// T = W + H + D becomes T' = W' + H' + D' with the same peak rate (tuning playbook L1285-1352):
//   hold and decay    W' = W, D' = D, H' = T' - W - D: the decay keeps its length, all extra steps
//                     have the peak rate. linear, 1-sqrt, power, and exponential after a hold
//   cosine            W' = W, H' = H, D' = T' - W - H: the decay is stretched
//   constant          H' = T' - W
//   inverse_sqrt, step, exponential without a hold: refused unless forced, because most of the
//                     extra steps would have a tiny rate; forced, the decay is stretched
//                     (inverse_sqrt keeps its timescale and falls on)
// Shrinking takes from the hold first, then from the decay, from the warmup last.
//
// How much learning the extra steps get, by area, so that it does not matter which steps are the
// extra ones:
//   m = (area(T') - area(T)) / ((T' - T) base)       q = share of steps after the warmup whose
//                                                        rate is below a tenth of the peak
// Rules SX-01, SX-02, SX-05, R1-04, WU-06. Test: tests/schedule/extend_test.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coldstart/schedule/schedule.h"

namespace coldstart::schedule {

// A finding about a schedule: its code, a sentence, and whether it stands in the way.
struct Remark {
  std::string code;  // "W-TINY-LR", "E-TINY-LR", "WU-06", ...
  std::string text;
  bool blocks = false;
};

// Limits of the remarks. The tool's own defaults, not the playbook's, but for kLongWarmup.
inline constexpr double kTinyMean = 0.25;       // W-TINY-LR below this m
inline constexpr double kNoMean = 0.05;         // E-TINY-LR below this m
inline constexpr double kTinyRate = 0.1;        // of the peak: what counts as tiny
inline constexpr double kTinyShare = 0.3;       // W-TINY-LR above this q
inline constexpr double kLongWarmup = 0.05;     // WU-06 above this share (playbook L1941)
inline constexpr double kShortCooldown = 0.05;  // W-COOLDOWN-SHORT below this share of the run
inline constexpr double kNoCooldown = 0.025;    // E-COOLDOWN-SHORT below this
inline constexpr double kHighFinalRatio = 0.1;  // W-FINAL-LR at or above this ratio
inline constexpr double kMismatch = 1.25;       // schedule / run length; [1, kMismatch] is fine

struct TinyLr {
  double mean_extra = 0;  // m; NaN when nothing was added
  double low_share = 0;   // q
};

// Of going from `before`, run to its end, to `after`, run for `steps`. A schedule that is only run
// on past its end keeps its final rate: tiny_lr(s, s, steps).
TinyLr tiny_lr(const Schedule& before, const Schedule& after, int64_t steps);
std::vector<Remark> tiny_lr_remarks(const TinyLr& tiny);

// W-SCHED-MISMATCH when the schedule is made for another number of steps than the run has.
std::vector<Remark> mismatch_remarks(const Schedule& schedule, int64_t run_steps);

enum class Family : uint8_t { constant, hold_and_decay, cosine, refused };
Family family_of(const Schedule& schedule);

struct ExtendOptions {
  std::optional<double> decay_fraction = {};  // D' = fraction x T'; hold_and_decay only
  bool force = false;                         // a family that is refused
};

struct Extension {
  Schedule schedule;
  Family family = Family::constant;
  TinyLr tiny;
  // Steps from 0 on which both schedules agree: a checkpoint at or before it can be continued.
  int64_t shared_steps = 0;
  std::vector<Remark> remarks = {};
};

// new_total counts the warmup. ConfigError: nothing to extend, new_total < 1, a refused family
// without force, a decay fraction where it has no meaning.
Extension extend(const Schedule& schedule, int64_t new_total, const ExtendOptions& options = {});

}  // namespace coldstart::schedule

template <>
struct coldstart::EnumText<coldstart::schedule::Family> {
  using E = schedule::Family;
  static constexpr auto names = enum_names<E>({{E::constant, "constant"},
                                               {E::hold_and_decay, "hold and decay"},
                                               {E::cosine, "cosine"},
                                               {E::refused, "refused"}});
};
