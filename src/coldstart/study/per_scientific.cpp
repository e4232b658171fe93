#include "coldstart/study/per_scientific.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "coldstart/core/error.h"
#include "coldstart/study/axis_values.h"
#include "coldstart/study/space_of.h"

namespace coldstart::study {

namespace {

const Axis& scientific_of(const Spec& spec) {
  const Axis* found = nullptr;
  for (const Axis& axis : spec.space) {
    if (axis.param.role != plan::Role::scientific || !is_varied(axis)) continue;
    if (found)
      throw ConfigError(
          "--per-scientific",
          fmt::format("'{}' and '{}' are both scientific", found->param.name, axis.param.name),
          "one question a round: make one of them nuisance or fixed");
    found = &axis;
  }
  if (!found)
    throw ConfigError("--per-scientific", "no hyperparameter is scientific and varied",
                      "give the one that is asked about role = \"scientific\"");
  return *found;
}

std::vector<std::string> values_of(const Axis& axis) {
  if (!axis.param.choices.empty()) return axis.param.choices;
  if (axis.levels < 2)
    throw ConfigError("--per-scientific",
                      fmt::format("'{}' has a range, not values", axis.param.name),
                      "say how many: levels = 4");
  std::vector<std::string> values;
  for (int64_t i = 0; i < axis.levels; ++i) values.push_back(level_at(axis, i));
  return values;
}

std::string as_file_name(std::string value) {
  for (char& c : value)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-' && c != '_')
      c = '_';
  return value;
}

}  // namespace

std::vector<NamedSpec> per_scientific(const Spec& spec) {
  const Axis& scientific = scientific_of(spec);
  if (spec.sampler == SamplerKind::list)
    throw ConfigError("--per-scientific", "the trials are a list",
                      "draw them (sampler = \"halton\", points = 20) or use a grid");
  std::vector<NamedSpec> studies;
  for (const std::string& value : values_of(scientific)) {
    NamedSpec study{.name = as_file_name(value), .spec = spec};
    std::erase_if(study.spec.space, [&](const Axis& axis) {
      return axis.param.parent == scientific.param.name && axis.param.parent_value != value;
    });
    for (Axis& axis : study.spec.space) {
      if (axis.param.name != scientific.param.name) continue;
      axis.param.role = plan::Role::fixed;
      axis.param.choices = {value};
      axis.param.scale = plan::Scale::choice;
      axis.levels = 0;
    }
    study.spec.goal = fmt::format("{} ({} = {})", spec.goal, scientific.param.name, value);
    studies.push_back(std::move(study));
  }
  return studies;
}

}  // namespace coldstart::study
