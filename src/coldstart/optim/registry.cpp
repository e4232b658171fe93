#include "coldstart/optim/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/optim/builtin.h"

namespace coldstart::optim {

namespace {

constexpr const char* kTable = "optimizer";

std::vector<OptimizerEntry>& entries() {
  static std::vector<OptimizerEntry> all = builtin_optimizers();
  return all;
}

bool reads(const OptimizerEntry& entry, const std::string& option) {
  return option == "name" || option == "lr" ||
         std::ranges::find(entry.options, option) != entry.options.end();
}

// Fields whose value is not the one that OptimizerOptions starts with.
std::vector<Field> changed(OptimizerOptions& options) {
  OptimizerOptions defaults;
  const FieldList untouched = option_fields(defaults);
  std::vector<Field> fields;
  for (const Field& field : option_fields(options)) {
    if (field.value() != untouched.find(field.name(), kTable).value()) fields.push_back(field);
  }
  return fields;
}

std::vector<std::string> readers(const std::string& option) {
  std::vector<std::string> names;
  for (const OptimizerEntry& entry : entries()) {
    if (reads(entry, option)) names.push_back(entry.name);
  }
  return names;
}

void refuse_what_is_not_read(const OptimizerEntry& entry, OptimizerOptions& options) {
  for (const Field& field : changed(options)) {
    if (reads(entry, field.key)) continue;
    throw ConfigError(
        field.name(),
        fmt::format("{} does not have this option; got {}", entry.name, value_text(field.value())),
        fmt::format("it is one of {}", fmt::join(readers(field.key), ", ")));
  }
}

void fill_defaults(const OptimizerEntry& entry, OptimizerOptions& options) {
  const AutoDefaults& defaults = entry.defaults;
  const auto fill = [&](const char* key, auto& setting, auto value) {
    if (reads(entry, key)) setting.otherwise(value);
  };
  const bool hyperball = options.hyperball;              // it says all about the rotation itself
  const bool replay = !options.rotation_replay.empty();  // it says the angles
  fill("weight_decay", options.weight_decay, hyperball || replay ? 0 : defaults.weight_decay);
  fill("beta", options.beta, defaults.beta);
  fill("beta1", options.beta1, defaults.beta1);
  fill("beta2", options.beta2, defaults.beta2);
  fill("momentum", options.momentum, defaults.momentum);
  fill("nesterov", options.nesterov, defaults.nesterov);
  fill("rotation_center", options.rotation_center, !hyperball && defaults.rotation_center);
  fill("rotation_norm_decay", options.rotation_norm_decay,
       hyperball || replay ? 0 : defaults.rotation_norm_decay);
  if (hyperball && reads(entry, "rotation_granularity"))
    options.rotation_granularity = Granularity::tensor;
  if (!hyperball && !replay && reads(entry, "rotation_angle") &&
      options.rotation_angle == AngleRule::automatic)
    options.rotation_angle = defaults.rotation_angle;
}

}  // namespace

FieldList option_fields(OptimizerOptions& options) {
  FieldList list;
  list.add(kTable, options);
  return list;
}

void register_optimizer(OptimizerEntry entry) {
  const std::string where = "register_optimizer";
  const std::vector<std::string> taken = optimizer_names();
  if (entry.name.empty() || std::ranges::find(taken, entry.name) != taken.end())
    throw ConfigError(where, fmt::format("the name '{}' is empty or taken", entry.name),
                      "give the optimizer a name of its own");
  OptimizerOptions options;
  const FieldList fields = option_fields(options);
  for (const std::string& option : entry.options) fields.find(option, where);
  COLDSTART_CHECK(entry.make, "optimizer {} without a factory", entry.name);
  entries().push_back(std::move(entry));
}

std::vector<std::string> optimizer_names() {
  std::vector<std::string> names;
  for (const OptimizerEntry& entry : entries()) names.push_back(entry.name);
  return names;
}

const OptimizerEntry& find_optimizer(std::string_view name) {
  for (const OptimizerEntry& entry : entries()) {
    if (entry.name == name) return entry;
  }
  const std::vector<std::string> names = optimizer_names();
  const std::string nearest = nearest_name(name, names);
  throw ConfigError("optimizer.name",
                    fmt::format("there is no such optimizer; got '{}', expected one of {}", name,
                                fmt::join(names, ", ")),
                    nearest.empty() ? "docs/optimizers.md describes them"
                                    : fmt::format("did you mean '{}'?", nearest));
}

ResolvedOptions resolve_options(OptimizerOptions options) {
  const OptimizerEntry& entry = find_optimizer(options.name);
  // A program that fills the struct itself has passed no check of ranges yet.
  for (const Field& field : option_fields(options)) field.set(field.value(), field.name());
  refuse_what_is_not_read(entry, options);

  OptimizerOptions before = options;
  fill_defaults(entry, options);
  if (entry.check) entry.check(options);
  ResolvedOptions result{.options = options, .reasons = {}};
  const FieldList from = option_fields(before);
  for (const Field& field : option_fields(options)) {
    if (from.find(field.name(), kTable).value() == field.value()) continue;
    result.reasons.push_back(fmt::format("{} {} = default of {}{}", field.key,
                                         value_text(field.value()), entry.name,
                                         !options.rotation_replay.empty() ? " with replayed angles"
                                         : options.hyperball              ? " with hyperball"
                                                                          : ""));
  }
  return result;
}

std::unique_ptr<Optimizer> make_optimizer(const ParamList& params, OptimizerOptions options) {
  const OptimizerOptions resolved = resolve_options(std::move(options)).options;
  return find_optimizer(resolved.name).make(params, resolved);
}

bool takes_row_factors(const OptimizerOptions& options) {
  return find_optimizer(options.name).row_factors && !options.hyperball &&
         options.rotation_granularity == Granularity::row;
}

bool moves_weights_alone(const OptimizerOptions& options) {
  return find_optimizer(options.name).weights_alone;
}

bool steps_along_signs(const OptimizerOptions& options) {
  return find_optimizer(options.name).sign_steps;
}

bool takes_trust_ratio(const OptimizerOptions& options, TrustRatio ratio) {
  const std::vector<TrustRatio>& obeyed = find_optimizer(options.name).trust_ratios;
  return ratio == TrustRatio::none ||
         (!options.hyperball && std::ranges::find(obeyed, ratio) != obeyed.end());
}

std::optional<double> second_moment_decay(const OptimizerOptions& options) {
  const OptimizerEntry& entry = find_optimizer(options.name);
  // eps is added to the root of a second moment, so who reads it has one.
  if (!reads(entry, "eps") || !reads(entry, "beta2")) return std::nullopt;
  return options.beta2.value();
}

GroupRules group_rules(const OptimizerOptions& options) {
  const OptimizerEntry& entry = find_optimizer(options.name);
  if (entry.groups) return entry.groups(options);
  return {.weight_decay = options.weight_decay.value_or(0)};
}

int64_t state_bytes(std::span<const ParamSpec> specs, const OptimizerOptions& options,
                    DType dtype) {
  const OptimizerEntry& entry = find_optimizer(options.name);
  const std::vector<ParamSpec> all(specs.begin(), specs.end());
  return entry.state_arenas * arena_bytes(all, dtype) +
         (entry.scratch_bytes ? entry.scratch_bytes(specs, dtype) : 0);
}

std::string describe(const OptimizerOptions& options) {
  OptimizerOptions copy = options;
  std::string text = options.name;
  for (const Field& field : changed(copy)) {
    if (field.key == "name" || field.key == "lr") continue;
    text += fmt::format("{} {} {}", text == options.name ? ":" : ",", field.key,
                        value_text(field.value()));
  }
  return text;
}

}  // namespace coldstart::optim
