// Infeasible trials sit on the top edge of a figure: they are results, and never dropped.
// Test: tests/report/figures_test.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "coldstart/report/figure.h"

namespace coldstart::report {

// A place above all values of the series: the highest plus 6 % of their range.
inline double top_edge(const std::vector<Series>& series) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const Series& one : series)
    for (const double y : one.y)
      if (std::isfinite(y)) low = std::min(low, y), high = std::max(high, y);
  if (low > high) return 1;
  const double range = high - low;
  return high + 0.06 * (range > 0 ? range : std::max(std::abs(high), 1.0));
}

inline Series edge_series(const std::string& label) {
  return {.label = label, .mark = Mark::crosses, .color = -2, .on_edge = true, .x = {}, .y = {}};
}

inline void add_on_edge(Series& series, double x, double edge, const std::string& note) {
  series.x.push_back(x);
  series.y.push_back(edge);
  series.notes.push_back(note);
}

}  // namespace coldstart::report
