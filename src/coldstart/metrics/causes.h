// Causes: what can be wrong with the size of a run's updates, each as an expected range of one
// measure and a look at what was recorded. Used by diagnosis.cpp.
// Test: tests/metrics/diagnosis_test.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/metrics/excursion.h"

namespace coldstart::metrics {

struct Cause {
  // For the page: the measure, its expected range, where the range comes from, what addresses it.
  std::string measure, expected, source, remedy;
  std::function<std::optional<Finding>(const RecordedSeries&, const DiagnosedRun&)> look;
};

// In the order in which findings are told.
const std::vector<Cause>& causes();

}  // namespace coldstart::metrics
