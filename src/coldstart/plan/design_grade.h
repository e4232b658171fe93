// Design: whether a set of runs can carry a prediction, judged by their learning rates alone.
//
//   GOOD  two cooldowns that leave the trunk at steps differing by >= 1.5x
//   FAIR  two different histories of the rate
//   POOR  one
// What cooling down brings and how fast it comes cannot be told apart from one history (design,
// finding 3), however well the curve is fitted. Test: tests/plan/design_grade_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/run_curve.h"

namespace coldstart::plan {

enum class Design : uint8_t { poor, fair, good };

struct DesignGrade {
  Design design = Design::poor;
  std::string reason;
  std::vector<double> cooldowns;  // steps at which a cooldown leaves the peak, increasing
  int histories = 0;              // different ones
};
DesignGrade grade_design(std::span<const RunCurve> curves);

// Limits of a prediction, by class: times the longest fitted step; least half-width of the range.
struct Reach {
  double horizon = 1, floor = 0;
};
Reach reach_of(Design design);

// A point of a fit. Steps at which a run has the same history as another one belong to both and
// count once: a trunk is no second witness for its branch. Every step of training that was recorded
// weighs the same, whatever number of points stands for it.
struct FitPoint {
  size_t curve = 0;
  double step = 0, loss = 0, weight = 0;
};
// Without the first max(1.5 warmup, drop x longest run) steps, and without points twice the same.
std::vector<FitPoint> fit_points(std::span<const RunCurve> curves, double drop);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Design> {
  using E = plan::Design;
  static constexpr auto names =
      enum_names<E>({{E::poor, "POOR"}, {E::fair, "FAIR"}, {E::good, "GOOD"}});
};
