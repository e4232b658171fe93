// Measures that are a formula on the sums of the update's own pass: they read no memory of their
// own and can be taken at every step. Test: tests/metrics/sums_metric_test.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/metrics/metric.h"

namespace coldstart::metrics {

// The measure of a row, parameter, role or model; nothing where it is not defined.
using Formula = std::function<std::optional<double>(const Measured&)>;

// What a group of several parameters is worth.
enum class OfGroup : uint8_t {
  sums,  // the formula on the added sums: the group as one long vector
  mean_of_tensors,
  rms_of_tensors,   // root mean square of the parameters' values
  rms_of_matrices,  // the same without gains and biases
};

struct SumsPart {
  std::string suffix;
  std::string meaning;
  Formula formula;
  OfGroup of_group = OfGroup::sums;
};

// On by default, at every step.
MetricInfo sums_metric(std::string name, std::string meaning, std::vector<SumsPart> parts);
// With one part of the same name.
MetricInfo sums_metric(std::string name, std::string meaning, Formula formula,
                       OfGroup of_group = OfGroup::sums);

}  // namespace coldstart::metrics
