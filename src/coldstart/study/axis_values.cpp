#include "coldstart/study/axis_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/text.h"

namespace coldstart::study {

namespace {

using plan::Scale;

double logit(double p) { return std::log(p / (1 - p)); }

double number_at(const plan::HParam& p, double u) {
  switch (p.scale) {
    case Scale::log:
      return p.lo * std::exp(u * std::log(p.hi / p.lo));
    case Scale::logit:
      return 1 / (1 + std::exp(-(logit(p.lo) + u * (logit(p.hi) - logit(p.lo)))));
    default:
      return p.lo + u * (p.hi - p.lo);
  }
}

std::string whole_text(const plan::HParam& p, double value) {
  return fmt::format("{}",
                     static_cast<int64_t>(std::clamp(value, std::ceil(p.lo), std::floor(p.hi))));
}

std::string number_text(const plan::HParam& p, double value) {
  const double rounded = *parse_double(fmt::format("{:.6g}", value));
  return fmt::format("{}", std::clamp(rounded, p.lo, p.hi));
}

}  // namespace

std::string value_at(const Axis& axis, double u) {
  const plan::HParam& p = axis.param;
  u = std::clamp(u, 0.0, 1.0);
  if (!p.choices.empty()) {
    const auto n = static_cast<double>(p.choices.size());
    return p.choices[static_cast<size_t>(std::min(u * n, n - 1))];
  }
  if (!axis.integer) return number_text(p, number_at(p, u));
  if (p.scale != Scale::linear) return whole_text(p, std::round(number_at(p, u)));
  const double first = std::ceil(p.lo), count = std::floor(p.hi) - first + 1;
  return whole_text(p, first + std::min(std::floor(u * count), count - 1));
}

std::string level_at(const Axis& axis, int64_t i) {
  const double value =
      number_at(axis.param, static_cast<double>(i) / static_cast<double>(axis.levels - 1));
  return axis.integer ? whole_text(axis.param, std::round(value)) : number_text(axis.param, value);
}

bool accepts(const Axis& axis, const std::string& value) {
  const plan::HParam& p = axis.param;
  if (!p.choices.empty()) return std::ranges::find(p.choices, value) != p.choices.end();
  const auto number = parse_double(value);
  return number && *number >= p.lo && *number <= p.hi &&
         (!axis.integer || *number == std::floor(*number));
}

bool is_active(const plan::HParam& param, const Values& values) {
  if (param.parent.empty()) return true;
  const auto parent = values.find(param.parent);
  return parent != values.end() && parent->second == param.parent_value;
}

}  // namespace coldstart::study
