// angular_update: the angle between w and w', in radians, from sums in double.
//
// With a = |w|, b = |w'| and e = b - a, two vectors of unit length in their directions are a chord
//   h = sqrt((|dw|^2 - e^2) / (a b))
// apart, and the angle is 2 asin(h / 2). The arc cosine of a cosine near 1 would lose half of the
// digits (in float everything below 3e-4 rad). e comes from b^2 - a^2 = 2 <w, dw> + |dw|^2 without
// subtracting two norms.
// Of a role or the model: the root mean square over its matrices. Gains are left out of the model:
// they are near 1 and long, and their angle says nothing about the others.
// Test: tests/metrics/formulas_test.cpp.
#include <algorithm>
#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

std::optional<double> angular_update(const Measured& x) {
  const kernels::UpdateSums& s = x.sums;
  const double growth = 2 * s.weight_delta + s.delta_sq;  // |w'|^2 - |w|^2
  const double before = std::sqrt(s.weight_sq), after = std::sqrt(s.weight_sq + growth);
  if (!(before > 0 && after > 0)) return std::nullopt;
  const double longer = growth / (before + after);
  const double chord_sq = (s.delta_sq - longer * longer) / (before * after);
  if (std::isnan(chord_sq)) return std::nullopt;
  return 2 * std::asin(std::min(1.0, std::sqrt(std::max(0.0, chord_sq)) / 2));
}

MetricInfo angular_update_metric() {
  return sums_metric("angular_update", "angle between weights before and after, radians",
                     angular_update, OfGroup::rms_of_matrices);
}

}  // namespace coldstart::metrics
