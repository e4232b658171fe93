// The measures that a run can ask for by name: those of this project and those a program has added.
// How to add one: docs/adding_a_metric.md, examples/05_your_metric.cpp.
// Test: tests/metrics/registry_test.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "coldstart/metrics/metric.h"

namespace coldstart::metrics {

// From now on runs of this program know it. ConfigError when the name is taken or cannot stand in
// a list of names. Not while a run is at work in another thread.
void register_metric(MetricInfo info);

const std::vector<MetricInfo>& all_metrics();
std::vector<MetricInfo> builtin_metrics();  // those of this project

// ConfigError with the nearest name when there is none; where is for the message.
const MetricInfo& find_metric(std::string_view name, std::string_view where);

}  // namespace coldstart::metrics
