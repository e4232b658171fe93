#include "coldstart/metrics/excursion.h"

#include <fmt/format.h>

#include <algorithm>

namespace coldstart::metrics {

RecordedSeries::RecordedSeries(std::span<const RecordedStep> steps) {
  for (const RecordedStep& step : steps) {
    for (const auto& [name, value] : step.values)
      points_[name].push_back({step.step, step.lr, value});
  }
}

const Points& RecordedSeries::of(const std::string& name) const {
  static const Points none;
  const auto place = points_.find(name);
  return place == points_.end() ? none : place->second;
}

std::optional<double> value_at(const Points& points, int64_t step) {
  const auto place = std::ranges::lower_bound(points, step, {}, &Point::step);
  if (place == points.end() || place->step != step) return std::nullopt;
  return place->value;
}

std::vector<double> values_of(const Points& points) {
  std::vector<double> values;
  for (const Point& point : points) values.push_back(point.value);
  return values;
}

std::string Excursion::steps_text() const {
  if (first() == last()) return fmt::format("at step {}", first());
  return fmt::format("from step {} to {}", first(), last());
}

Excursion excursion(const Points& points, const std::function<double(const Point&)>& times) {
  Excursion e;
  for (const Point& point : points) {
    const double factor = times(point);
    if (!(factor > 1)) continue;
    e.outside.push_back(point);
    if (factor <= e.times) continue;
    e.times = factor;
    e.worst = point;
  }
  return e;
}

std::string place_of(const ParamSpec& param) {
  if (param.layer < 0) return std::string(role_name(param.role));
  return fmt::format("layer {} {}", param.layer, role_name(param.role));
}

std::string WorstParam::others_text() const {
  if (others == 0) return "";
  return fmt::format(" (and {} more {})", others, others == 1 ? "tensor" : "tensors");
}

std::optional<WorstParam> worst_param(
    std::span<const ParamSpec> params,
    const std::function<Excursion(const ParamSpec&)>& excursion_of) {
  WorstParam worst;
  for (const ParamSpec& param : params) {
    Excursion e = excursion_of(param);
    if (e.outside.empty()) continue;
    if (worst.param != nullptr) ++worst.others;
    if (e.times <= worst.excursion.times) continue;
    worst.param = &param;
    worst.excursion = std::move(e);
  }
  if (worst.param == nullptr) return std::nullopt;
  return worst;
}

}  // namespace coldstart::metrics
