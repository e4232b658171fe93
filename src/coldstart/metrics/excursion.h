// Excursions: the recorded values of a run by name, and where a series of them is outside a range.
// Used by causes.cpp. Test: tests/metrics/diagnosis_test.cpp.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coldstart/metrics/diagnosis.h"

namespace coldstart::metrics {

struct Point {
  int64_t step = 0;
  double lr = 0, value = 0;
};
using Points = std::vector<Point>;

class RecordedSeries {
 public:
  explicit RecordedSeries(std::span<const RecordedStep> steps);
  const Points& of(const std::string& name) const;  // empty when it was never recorded

 private:
  std::map<std::string, Points> points_;
};

std::optional<double> value_at(const Points& points, int64_t step);
std::vector<double> values_of(const Points& points);

struct Excursion {
  Points outside;
  Point worst;
  double times = 0;  // of the worst point
  int64_t first() const { return outside.front().step; }
  int64_t last() const { return outside.back().step; }
  std::string steps_text() const;  // "from step 1 to 40"
};
// times(point): its value over the end of the range; above 1 it is outside.
Excursion excursion(const Points& points, const std::function<double(const Point&)>& times);

// The parameter that is farthest outside in at least so many steps, and how many more are.
struct WorstParam {
  const ParamSpec* param = nullptr;
  Excursion excursion;
  int64_t others = 0;
  std::string others_text() const;  // " (and 3 more tensors)"
};
std::optional<WorstParam> worst_param(
    std::span<const ParamSpec> params,
    const std::function<Excursion(const ParamSpec&)>& excursion_of);

}  // namespace coldstart::metrics
