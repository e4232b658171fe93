// docs/metrics.md, made from the measures' own descriptions, so that it cannot drift from the
// program. Test: tests/metrics/metrics_page_test.cpp holds the committed page against this one.
#pragma once

#include <string>

#include "coldstart/metrics/metric.h"

namespace coldstart::metrics {

std::string metrics_page();

std::string interval_text(const MetricInfo& info);  // "every step", "evaluations"

// One line a measure that is not on by itself: "rrc  (at evaluations)  about two training steps".
std::string cost_lines();

}  // namespace coldstart::metrics
