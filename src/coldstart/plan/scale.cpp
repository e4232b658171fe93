#include "coldstart/plan/scale.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

double to_scale(Scale scale, double value) {
  switch (scale) {
    case Scale::log:
      return std::log(value);
    case Scale::logit:
      return std::log(value / (1 - value));
    case Scale::linear:
    case Scale::choice:
      return value;
  }
  return value;
}

double from_scale(Scale scale, double value) {
  switch (scale) {
    case Scale::log:
      return std::exp(value);
    case Scale::logit:
      return 1 / (1 + std::exp(-value));
    case Scale::linear:
    case Scale::choice:
      return value;
  }
  return value;
}

}  // namespace

void check_range(const HParam& hparam) {
  const auto refuse = [&](std::string_view expected) {
    throw ConfigError(hparam.name,
                      fmt::format("range {} to {} on a {} scale; expected {}", hparam.lo, hparam.hi,
                                  enum_name(hparam.scale), expected),
                      "change the range or the scale");
  };
  if (hparam.scale == Scale::choice) return;
  if (!std::isfinite(hparam.lo) || !std::isfinite(hparam.hi) || hparam.lo > hparam.hi)
    refuse("a low end at or below the high end");
  if (hparam.scale == Scale::log && hparam.lo <= 0) refuse("values above 0");
  if (hparam.scale == Scale::logit && (hparam.lo <= 0 || hparam.hi >= 1))
    refuse("values between 0 and 1");
}

double position(const HParam& hparam, double value) {
  const double lo = to_scale(hparam.scale, hparam.lo), hi = to_scale(hparam.scale, hparam.hi);
  return hi == lo ? 0.5 : (to_scale(hparam.scale, value) - lo) / (hi - lo);
}

double value_at(const HParam& hparam, double position) {
  const double lo = to_scale(hparam.scale, hparam.lo), hi = to_scale(hparam.scale, hparam.hi);
  return from_scale(hparam.scale, lo + position * (hi - lo));
}

std::optional<std::string> text_of_value(const Trial& trial, const HParam& hparam) {
  if (!hparam.parent.empty()) {
    const auto parent = trial.values.find(hparam.parent);
    if (parent == trial.values.end() || parent->second != hparam.parent_value) return std::nullopt;
  }
  const auto value = trial.values.find(hparam.name);
  if (value == trial.values.end()) return std::nullopt;
  return value->second;
}

std::optional<double> number_of(const Trial& trial, const HParam& hparam) {
  const auto text = text_of_value(trial, hparam);
  if (!text) return std::nullopt;
  const auto number = parse_double(*text);
  if (!number || !std::isfinite(*number))
    throw DataError(name_of(trial),
                    fmt::format("{} is '{}'; expected a number", hparam.name, *text),
                    "a hyperparameter whose values are words has the scale `choice`");
  return number;
}

}  // namespace coldstart::plan
