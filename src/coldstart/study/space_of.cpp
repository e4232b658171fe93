#include "coldstart/study/space_of.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/study/axis_values.h"
#include "coldstart/study/kinds.h"
#include "coldstart/study/length_names.h"

namespace coldstart::study {

namespace {

using plan::Scale;

template <class E>
E enum_of(TomlTable& table, const char* key, const std::string& text) {
  if (const auto value = parse_enum<E>(text)) return *value;
  const auto names = enum_choices<E>();
  const std::string nearest = nearest_name(text, names);
  throw ConfigError(table.where(key), fmt::format("there is no {} '{}'", key, text),
                    nearest.empty() ? fmt::format("expected one of {}", fmt::join(names, ", "))
                                    : fmt::format("did you mean '{}'?", nearest));
}

void read_role(TomlTable& table, plan::HParam& param) {
  const auto role = table.text("role");
  if (!role)
    throw ConfigError(table.where(), fmt::format("'{}' has no role (SD-02)", param.name),
                      "scientific: the study asks about it; nuisance: tuned so that the answer is "
                      "fair; fixed: held, and the answer is valid only there");
  param.role = enum_of<plan::Role>(table, "role", *role);
}

// Nothing, or what is wrong with a range under a scale.
std::string range_problem(double lo, double hi, Scale scale) {
  if (!std::isfinite(lo) || !std::isfinite(hi)) return "is not finite";
  if (lo == hi) return "is empty";
  if (lo > hi) return "is inverted";
  if (scale == Scale::log && lo <= 0) return "reaches 0 or below, where a log scale has no place";
  if (scale == Scale::logit && (lo <= 0 || hi >= 1))
    return "leaves (0, 1), where a logit scale has no place";
  return "";
}

void read_range(TomlTable& table, Axis& axis) {
  plan::HParam& param = axis.param;
  const auto range = table.numbers("range");
  const auto scale = table.text("scale");
  if (!scale)
    throw ConfigError(table.where("range"), fmt::format("'{}' has no scale", param.name),
                      "scale = \"log\" for rates and weights that act by their order of magnitude, "
                      "else \"linear\" or \"logit\"");
  param.scale = enum_of<Scale>(table, "scale", *scale);
  if (param.scale == Scale::choice || range->size() != 2)
    throw ConfigError(table.where("range"),
                      fmt::format("the range of '{}' cannot be used", param.name),
                      "expected range = [low, high] with scale linear, log or logit");
  param.lo = range->front();
  param.hi = range->back();
  const std::string problem = range_problem(param.lo, param.hi, param.scale);
  if (!problem.empty())
    throw ConfigError(
        table.where("range"),
        fmt::format("the range of '{}', {} to {}, {}", param.name, param.lo, param.hi, problem),
        "expected range = [low, high]");
  if (axis.integer && std::floor(param.hi) < std::ceil(param.lo))
    throw ConfigError(table.where("range"),
                      fmt::format("the range of '{}' holds no whole number", param.name),
                      "widen it");
  axis.levels = table.integer("levels").value_or(0);
  if (axis.levels == 1)
    throw ConfigError(table.where("levels"),
                      fmt::format("one level of '{}' is no range", param.name),
                      "expected 2 or more, or value = ... for one value");
}

void read_choices(TomlTable& table, plan::HParam& param) {
  param.scale = Scale::choice;
  if (const auto scale = table.text("scale"); scale && *scale != "choice")
    throw ConfigError(table.where("scale"),
                      fmt::format("choices of '{}' have the scale choice", param.name),
                      "leave `scale` out, or give a range");
  param.choices = *table.values("choices");
  for (size_t i = 0; i < param.choices.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (param.choices[i] == param.choices[j])
        throw ConfigError(
            table.where("choices"),
            fmt::format("'{}' has the choice '{}' twice", param.name, param.choices[i]),
            "seeds repeat a trial; choices do not");
  if (param.choices.size() < 2)
    throw ConfigError(table.where("choices"),
                      fmt::format("'{}' has fewer than two choices", param.name),
                      "for one value write value = ... with role fixed");
}

void read_value(TomlTable& table, plan::HParam& param) {
  const std::string value = *table.value("value");
  param.choices = {value};
  param.scale = Scale::choice;
  if (const auto number = parse_double(value)) {
    param.lo = param.hi = *number;
    param.scale = Scale::linear;
  }
}

Axis axis_of(TomlTable& table) {
  Axis axis;
  plan::HParam& param = axis.param;
  param.name = table.text("name").value_or("");
  if (param.name.empty())
    throw ConfigError(table.where(), "a hyperparameter has no name", "add: name = \"lr\"");
  if (names_length(param.name) || table.value("kind") == "steps")
    throw ConfigError(
        table.where("name"),
        fmt::format("'{}' is the length of training, and no hyperparameter of a study "
                    "(TD-09): trials of different lengths cannot be compared",
                    param.name),
        "set max_steps for all trials; docs/studies.md says how to choose it");
  read_role(table, param);
  param.kind = kind_of(param.name);
  if (const auto kind = table.text("kind")) param.kind = enum_of<plan::Kind>(table, "kind", *kind);
  param.parent = table.text("parent").value_or("");
  param.parent_value = table.value("parent_value").value_or("");
  if (param.parent.empty() != param.parent_value.empty())
    throw ConfigError(table.where(), fmt::format("'{}' has half a parent", param.name),
                      "parent = \"optimizer.name\" and parent_value = \"adamw\" go together");
  axis.integer = table.boolean("integer").value_or(false);
  const int ways = int{table.has("range")} + int{table.has("choices")} + int{table.has("value")};
  if (ways != 1)
    throw ConfigError(
        table.where(),
        fmt::format("'{}' has {}", param.name, ways == 0 ? "no values" : "several kinds of values"),
        "expected one of: range = [low, high] with a scale, choices = [...], value = ...");
  if (table.has("range")) read_range(table, axis);
  if (table.has("choices")) read_choices(table, param);
  if (table.has("value")) read_value(table, param);
  if ((param.role == plan::Role::fixed) == is_varied(axis))
    throw ConfigError(table.where("role"),
                      fmt::format("'{}' is {} and {}", param.name, enum_name(param.role),
                                  is_varied(axis) ? "varied" : "has one value"),
                      "a fixed hyperparameter has value = ...; the others a range or choices");
  table.finish();
  return axis;
}

bool excludes(const plan::HParam& a, const plan::HParam& b) {
  return !a.parent.empty() && a.parent == b.parent && a.parent_value != b.parent_value;
}

void check_parents(TomlTable& table, const std::vector<Axis>& space, size_t i) {
  const plan::HParam& param = space[i].param;
  for (size_t j = 0; j < i; ++j)
    if (space[j].param.name == param.name && !excludes(space[j].param, param))
      throw ConfigError(table.where("name"),
                        fmt::format("'{}' stands in the space twice", param.name),
                        "give each a parent_value of the same parent when they exclude each other");
  if (param.parent.empty()) return;
  std::vector<std::string> before;
  for (size_t j = 0; j < i; ++j) {
    const plan::HParam& parent = space[j].param;
    before.push_back(parent.name);
    if (parent.name != param.parent) continue;
    if (std::ranges::find(parent.choices, param.parent_value) != parent.choices.end()) return;
    const std::string nearest = nearest_name(param.parent_value, parent.choices);
    throw ConfigError(table.where("parent_value"),
                      fmt::format("'{}' is no choice of '{}'", param.parent_value, parent.name),
                      nearest.empty() ? fmt::format("it has {}", fmt::join(parent.choices, ", "))
                                      : fmt::format("did you mean '{}'?", nearest));
  }
  const std::string nearest = nearest_name(param.parent, before);
  throw ConfigError(
      table.where("parent"),
      fmt::format("'{}' has the parent '{}', which does not stand before it", param.name,
                  param.parent),
      nearest.empty() ? "list the parent first" : fmt::format("did you mean '{}'?", nearest));
}

void check_list_value(TomlTable& table, const Axis& axis, const std::string& value) {
  const plan::HParam& param = axis.param;
  if (!is_varied(axis) || accepts(axis, value)) return;
  throw ConfigError(table.where(param.name.c_str()),
                    fmt::format("{} = {} lies outside the space", param.name, value),
                    param.scale == Scale::choice
                        ? fmt::format("its choices are {}", fmt::join(param.choices, ", "))
                        : fmt::format("its range is {} to {}{}", param.lo, param.hi,
                                      axis.integer ? ", whole numbers" : ""));
}

}  // namespace

bool is_varied(const Axis& axis) {
  return axis.param.scale == Scale::choice ? axis.param.choices.size() > 1
                                           : axis.param.lo < axis.param.hi;
}

std::vector<Axis> space_of(TomlTable& study) {
  std::vector<Axis> space;
  for (TomlTable& table : study.tables("space")) {
    space.push_back(axis_of(table));
    check_parents(table, space, space.size() - 1);
  }
  return space;
}

std::vector<Values> lists_of(TomlTable& study, const std::vector<Axis>& space) {
  std::vector<Values> list;
  for (TomlTable& table : study.tables("trial")) {
    Values values;
    for (const Axis& axis : space) {
      if (!is_active(axis.param, values)) continue;
      const char* name = axis.param.name.c_str();
      const auto value = table.value(name);
      if (!value && is_varied(axis))
        throw ConfigError(table.where(),
                          fmt::format("a trial has no value of '{}'", axis.param.name),
                          "give each [[trial]] a value of every hyperparameter that varies");
      if (value && !is_varied(axis))
        throw ConfigError(table.where(name), fmt::format("'{}' is fixed", axis.param.name),
                          "leave it out of the trials, or give it choices");
      if (value) check_list_value(table, axis, *value);
      values[axis.param.name] = value ? *value : axis.param.choices.front();
    }
    table.finish();
    if (const auto twin = std::ranges::find(list, values); twin != list.end())
      throw ConfigError(table.where(),
                        fmt::format("trials {} and {} of the list are the same",
                                    twin - list.begin() + 1, list.size() + 1),
                        "seeds = 3 runs each trial three times");
    list.push_back(std::move(values));
  }
  return list;
}

void check_grid(const TomlTable& study, const std::vector<Axis>& space) {
  for (const Axis& axis : space)
    if (axis.param.scale != Scale::choice && is_varied(axis) && axis.levels == 0)
      throw ConfigError(study.where("sampler"),
                        fmt::format("a grid needs the number of levels of '{}'", axis.param.name),
                        "add levels = 5 to it, or use the sampler halton");
}

}  // namespace coldstart::study
