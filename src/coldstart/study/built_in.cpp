#include "coldstart/study/built_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "coldstart/core/error.h"
#include "coldstart/core/length.h"
#include "coldstart/study/kinds.h"
#include "coldstart/study/space_of.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOwnedByStudy = {{
    {"train.seed", "seeds are an axis of their own: seeds = 3"},
    {"train.out", "the study gives each trial its directory"},
    {"train.threads", "`study run --jobs` divides the threads"},
}};

constexpr std::array<std::string_view, 4> kMetrics = {"val_loss", "val_bits_per_byte", "train_loss",
                                                      "train_bits_per_byte"};

// The full name of a field: 'optimizer.lr' for 'lr'.
std::string full_name(const FieldList& fields, const std::string& name) {
  const Field& field = fields.find(name, "space");
  for (const auto& [owned, hint] : kOwnedByStudy)
    if (field.name() == owned)
      throw ConfigError("space", fmt::format("'{}' is no hyperparameter of a study", owned), hint);
  return field.name();
}

// Every value that the axis can give is one that the field takes.
void check_values(const Field& field, const Axis& axis) {
  const plan::HParam& p = axis.param;
  const std::string where = "space";
  for (const std::string& choice : p.choices) field.set_text(choice, where);
  if (!p.choices.empty()) return;
  const bool numeric = std::holds_alternative<double*>(field.target) ||
                       std::holds_alternative<Auto<double>*>(field.target) || axis.integer;
  if (!numeric)
    throw ConfigError(where, fmt::format("'{}' takes no range; it is {}", p.name, field.expected()),
                      "write choices = [...]");
  for (const double end : {p.lo, p.hi})
    field.set_text(
        axis.integer ? fmt::format("{}", static_cast<int64_t>(end)) : fmt::format("{}", end),
        where);
}

}  // namespace

train::RunConfig base_config(const Spec& spec, const fs::path& directory) {
  const fs::path file = directory / spec.config;
  train::RunConfig config =
      train::load_config(fs::is_regular_file(file) ? file.string() : spec.config);
  const FieldList fields = config.fields();
  for (const auto& [name, value] : spec.set) fields.find(name, "set").set_text(value, name);
  config.train.out.clear();
  return config;
}

void fit_to_trainer(Spec& spec, train::RunConfig base) {
  const FieldList fields = base.fields();
  for (Axis& axis : spec.space) {
    plan::HParam& p = axis.param;
    const std::string given = p.name;
    p.name = full_name(fields, given);
    if (!p.parent.empty()) p.parent = full_name(fields, p.parent);
    if (p.kind == kind_of(given)) p.kind = kind_of(p.name);
    const Field& field = fields.find(p.name, "space");
    axis.integer = p.choices.empty() && (std::holds_alternative<int64_t*>(field.target) ||
                                         std::holds_alternative<Length*>(field.target));
    check_values(field, axis);
    for (Values& values : spec.list) {
      if (auto node = values.extract(given)) {
        node.key() = p.name;
        values.insert(std::move(node));
      }
    }
  }
  for (size_t i = 0; i < spec.space.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const plan::HParam &a = spec.space[i].param, &b = spec.space[j].param;
      if (a.name == b.name &&
          (a.parent.empty() || a.parent != b.parent || a.parent_value == b.parent_value))
        throw ConfigError(
            "space", fmt::format("'{}' stands in the space twice", a.name),
            "give each a parent_value of the same parent when they exclude each other");
    }
  if (std::ranges::find(kMetrics, spec.metric) == kMetrics.end())
    throw ConfigError("metric",
                      fmt::format("the built-in trainer does not record '{}'", spec.metric),
                      "expected val_loss, val_bits_per_byte, train_loss or train_bits_per_byte");
  if (spec.max_steps > 0) return;
  const Length& steps = base.train.steps;
  if (steps.is_share() || steps.is_data())
    throw ConfigError(
        "train.steps",
        fmt::format("the length of the trials is '{}', which is no number of steps", steps.text()),
        "add to the study: max_steps = 1000");
  spec.max_steps = steps.steps_of({}, "train.steps");
}

train::RunConfig trial_config(const Spec& spec, train::RunConfig base, const Values& values,
                              int64_t seed) {
  {
    const FieldList fields = base.fields();
    for (const auto& [name, value] : values) fields.find(name, "space").set_text(value, name);
  }
  base.train.steps = spec.max_steps;
  base.train.seed = seed;
  base.train.threads = 0;
  base.train.out.clear();
  return base;
}

}  // namespace coldstart::study
