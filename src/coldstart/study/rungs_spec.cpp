// A pipeline of cooled rungs from TOML: parse_rungs() of cooled_rungs.h.
// Test: tests/study/cooled_rungs_test.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/study/cooled_rungs.h"
#include "coldstart/study/toml_table.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

toml::table parse(std::string_view text, std::string_view source) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    throw ConfigError(fmt::format("{}:{}", source, error.source().begin.line),
                      std::string(error.description()), "");
  }
}

RungIdea idea_of(TomlTable& table) {
  RungIdea idea{.id = table.text("id").value_or("")};
  if (idea.id.empty()) throw ConfigError(table.where(), "an idea without an id", "id = \"lion\"");
  idea.complexity_note = table.text("note").value_or("");
  for (const std::string& text : table.texts("set").value_or(std::vector<std::string>{})) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos)
      throw ConfigError(table.where("set"), fmt::format("got '{}', expected KEY=VALUE", text),
                        "set = [\"optimizer.lr=2e-3\"]");
    idea.values[text.substr(0, equals)] = text.substr(equals + 1);
  }
  if (idea.values.empty())
    throw ConfigError(table.where(), fmt::format("the idea '{}' changes nothing", idea.id),
                      "set = [\"optimizer.lr=2e-3\"]");
  table.finish();
  return idea;
}

}  // namespace

RungsPlan parse_rungs(std::string_view text, std::string_view source, const fs::path& directory) {
  const toml::table parsed = parse(text, source);
  TomlTable table(parsed, std::string(source), "the pipeline");
  RungsPlan plan;
  const auto config = table.text("config");
  if (!config)
    throw ConfigError(table.where(), "it is not said what the baseline is",
                      "config = \"FILE or preset\"");
  const fs::path file = directory / *config;
  plan.baseline = train::load_config(fs::is_regular_file(file) ? file.string() : *config);
  plan.baseline.train.out.clear();
  plan::RungOptions& o = plan.options;
  o.production = table.integer("production").value_or(0);
  if (o.production < 1)
    throw ConfigError(table.where("production"), "the length of the last rung is missing",
                      "production = 2000 (steps)");
  o.rungs = static_cast<int>(std::min<int64_t>(table.integer("rungs").value_or(o.rungs), 20));
  o.cooldown = table.number("cooldown").value_or(o.cooldown);
  o.sigma = table.number("sigma").value_or(0);
  o.z = table.number("z").value_or(o.z);
  o.seed = static_cast<uint64_t>(table.integer("seed").value_or(1));
  if (const auto promote = table.integers("promote")) {
    o.promote.clear();
    for (const int64_t most : *promote)
      o.promote.push_back(static_cast<int>(std::clamp<int64_t>(most, 1, 1000)));
  }
  plan.noise_runs = table.integer("noise_runs").value_or(plan.noise_runs);
  if (o.sigma <= 0 && plan.noise_runs < 2)
    throw ConfigError(table.where("noise_runs"), "noise needs two runs or more",
                      "noise_runs = 3, or sigma = 0.01");
  if (const auto shape = table.text("cooldown_shape")) {
    const auto known = parse_enum<schedule::DecayShape>(*shape);
    if (!known)
      throw ConfigError(table.where("cooldown_shape"), fmt::format("got '{}'", *shape),
                        "expected linear, cosine, 1-sqrt or power");
    plan.shape = *known;
  }
  for (TomlTable& idea : table.tables("idea")) plan.ideas.push_back(idea_of(idea));
  table.finish();
  return plan;
}

}  // namespace coldstart::study
