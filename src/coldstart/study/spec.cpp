#include "coldstart/study/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/study/space_of.h"
#include "coldstart/study/split_command.h"
#include "coldstart/study/toml_table.h"

namespace coldstart::study {

namespace {

constexpr int64_t kMaxPoints = 1'000'000;

void read_seeds(TomlTable& table, Spec& spec) {
  const toml::node* node = table.node("seeds");
  if (!node) return;
  const std::string where = table.where("seeds");
  if (const auto* count = node->as_integer()) {
    if (count->get() < 1 || count->get() > 1000)
      throw ConfigError(where, fmt::format("seeds = {} is no number of seeds", count->get()),
                        "expected 1 to 1000, or a list such as [1, 2, 3]");
    spec.seeds.clear();
    for (int64_t seed = 1; seed <= count->get(); ++seed) spec.seeds.push_back(seed);
    return;
  }
  spec.seeds = *table.integers("seeds");
  const std::set<int64_t> different(spec.seeds.begin(), spec.seeds.end());
  if (spec.seeds.empty() || different.size() != spec.seeds.size() || *different.begin() < 0)
    throw ConfigError(where, "seeds must be one or more different integers of 0 or more",
                      "seeds = 3 stands for [1, 2, 3]");
}

void read_direction(TomlTable& table, Spec& spec) {
  const auto direction = table.text("direction");
  if (!direction) {
    if (spec.metric.ends_with("loss") || spec.metric.ends_with("bits_per_byte")) return;
    throw ConfigError(table.where("metric"),
                      fmt::format("is more or less of '{}' better?", spec.metric),
                      "add: direction = \"minimize\" or \"maximize\"");
  }
  if (*direction != "minimize" && *direction != "maximize")
    throw ConfigError(table.where("direction"),
                      fmt::format("there is no direction '{}'", *direction),
                      "expected minimize or maximize");
  spec.maximised = *direction == "maximize";
}

void read_noise(TomlTable& table, Spec& spec) {
  spec.sigma = table.number("sigma").value_or(0);
  spec.sigma_n = table.integer("sigma_n").value_or(0);
  spec.noise = table.text("noise").value_or("");
  if (!(spec.sigma >= 0) || std::isinf(spec.sigma))
    throw ConfigError(table.where("sigma"), "sigma is no standard deviation",
                      "expected a number above 0, in the units of the metric");
  if (spec.sigma_n > 0 && spec.sigma == 0)
    throw ConfigError(table.where("sigma_n"), "sigma_n says how many reruns sigma is from",
                      "add sigma, or noise = \"DIRECTORY\" of `coldstart noise`");
  if (spec.sigma > 0 && !spec.noise.empty())
    throw ConfigError(table.where("noise"), "the noise between seeds is said twice",
                      "keep sigma and sigma_n, or noise");
}

void read_trainer(TomlTable& table, Spec& spec) {
  spec.config = table.text("config").value_or("");
  if (const toml::node* node = table.node("command"); node && node->is_string()) {
    spec.command = split_command(*table.text("command"), table.where("command"));
  } else {
    spec.command = table.texts("command").value_or(std::vector<std::string>());
  }
  if (spec.config.empty() == spec.command.empty())
    throw ConfigError(
        table.where(), "a study needs one trainer",
        "config = \"FILE or preset\" for the built-in one, or command = [\"program\", "
        "\"--lr\", \"{lr}\"] (docs/trainer_contract.md)");
}

void read_set(TomlTable& table, Spec& spec, std::string_view source) {
  const toml::node* node = table.node("set");
  if (!node) return;
  if (!node->is_table() || !spec.built_in())
    throw ConfigError(table.where("set"), "[set] is a table of options of the built-in trainer",
                      "for a command write the value into the command itself");
  for (const auto& [key, value] : *node->as_table()) {
    const auto text = scalar_text(value);
    if (!text)
      throw ConfigError(fmt::format("{}:{}", source, key.source().begin.line),
                        fmt::format("'{}' has no single value", key.str()),
                        "write the full name in quotes: \"optimizer.beta\" = 0.98");
    spec.set[std::string(key.str())] = *text;
  }
}

void read_schedule(TomlTable& table, Spec& spec, std::string_view source) {
  spec.base_lr = table.number("base_lr").value_or(0);
  const toml::node* node = table.node("schedule");
  if (!node) return;
  if (!node->is_table())
    throw ConfigError(table.where("schedule"), "schedule is not a table", "write [schedule]");
  if (spec.built_in())
    throw ConfigError(table.where("schedule"),
                      "the built-in trainer has its schedule in its config",
                      "vary schedule.* in the space, or change the file that `config` names");
  spec.schedule.emplace();
  FieldList fields;
  fields.add("schedule", *spec.schedule);
  for (const auto& [key, value] : *node->as_table()) {
    const std::string where = fmt::format("{}:{}", source, key.source().begin.line);
    const auto text = scalar_text(value);
    if (!text)
      throw ConfigError(where, "expected a number or text", "see docs/options.md, [schedule]");
    fields.find("schedule." + std::string(key.str()), where).set_text(*text, where);
  }
}

void read_sampler(TomlTable& table, Spec& spec) {
  spec.list = lists_of(table, spec.space);
  const auto name = table.text("sampler");
  if (name) {
    const auto kind = parse_enum<SamplerKind>(*name);
    if (!kind)
      throw ConfigError(table.where("sampler"), fmt::format("there is no sampler '{}'", *name),
                        "expected halton, random, grid or list");
    spec.sampler = *kind;
  } else if (!spec.list.empty()) {
    spec.sampler = SamplerKind::list;
  }
  spec.sampler_seed = static_cast<uint64_t>(table.integer("sampler_seed").value_or(1));
  const auto points = table.integer("points");
  const bool drawn = spec.sampler == SamplerKind::halton || spec.sampler == SamplerKind::random;
  const bool varied = std::ranges::any_of(spec.space, is_varied);
  if (!drawn && points)
    throw ConfigError(table.where("points"),
                      fmt::format("a {} has its own number of points", enum_name(spec.sampler)),
                      "leave `points` out");
  if (drawn && varied && (points.value_or(0) < 1 || *points > kMaxPoints))
    throw ConfigError(table.where("points"), "it is not said how many points to draw",
                      "add: points = 20; each is run with every seed");
  // Nothing varies: one point, run with every seed.
  if (drawn) spec.points = varied ? *points : 1;
  if ((spec.sampler == SamplerKind::list) != !spec.list.empty())
    throw ConfigError(table.where("sampler"),
                      spec.list.empty() ? "the sampler is `list`, and there is no [[trial]]"
                                        : "[[trial]] tables need the sampler `list`",
                      "list each trial as [[trial]] with a value for each hyperparameter");
  if (spec.sampler == SamplerKind::grid) check_grid(table, spec.space);
}

}  // namespace

Spec parse_spec(std::string_view text, std::string_view source) {
  toml::table root;
  try {
    root = toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    throw ConfigError(fmt::format("{}:{}", source, error.source().begin.line),
                      fmt::format("not TOML: {}", error.description()),
                      "docs/studies.md has an example");
  }
  TomlTable table(root, std::string(source), "a study");
  const int64_t format = table.integer("format").value_or(kFormat);
  if (format > kFormat)
    throw ConfigError(table.where("format"),
                      fmt::format("this study was made by a newer version; got format {}, expected "
                                  "at most {}",
                                  format, kFormat),
                      "use that version, or a later one");
  Spec spec;
  spec.goal = table.text("goal").value_or("");
  if (spec.goal.empty())
    throw ConfigError(table.where(), "the study has no goal (SD-01)",
                      "add one question that it answers: goal = \"does AdamW need warmup here?\"");
  spec.notes = table.text("notes").value_or("");
  spec.metric = table.text("metric").value_or("val_loss");
  read_direction(table, spec);
  read_trainer(table, spec);
  spec.max_steps = table.integer("max_steps").value_or(0);
  if (spec.max_steps == 0 && !spec.built_in())
    throw ConfigError(table.where(), "the length of the trials is not said",
                      "add: max_steps = 1000; all trials have the same length");
  spec.production_steps = table.integer("production_steps").value_or(0);
  read_noise(table, spec);
  spec.limits = {.time_s = table.number("time_limit_s").value_or(0),
                 .silence_s = table.number("silence_limit_s").value_or(0),
                 .disk_bytes = table.number("disk_limit_mb").value_or(0) * 1e6};
  if (!(spec.limits.time_s >= 0 && spec.limits.silence_s >= 0 && spec.limits.disk_bytes >= 0))
    throw ConfigError(table.where(), "a limit is below 0", "0 means no limit");
  read_seeds(table, spec);
  read_set(table, spec, source);
  read_schedule(table, spec, source);
  spec.space = space_of(table);
  read_sampler(table, spec);
  table.finish();
  return spec;
}

}  // namespace coldstart::study
