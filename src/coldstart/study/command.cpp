#include "coldstart/study/command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/schedule/make.h"
#include "coldstart/study/space_of.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 8> kPlaces = {"trial_dir",    "config",     "max_steps",
                                                     "warmup_steps", "seed_init",  "seed_data",
                                                     "schedule",     "resume_from"};

using Replace = std::function<std::string(const std::string&)>;

std::string filled(const std::string& word, const Replace& replace) {
  std::string out;
  for (size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    const bool twice = i + 1 < word.size() && word[i + 1] == c;
    if ((c == '{' || c == '}') && twice) {
      out += c;
      ++i;
    } else if (c == '{') {
      const size_t end = word.find('}', i);
      if (end == std::string::npos)
        throw ConfigError("command", fmt::format("'{}' has a {{ that is not closed", word),
                          "write {{ for a brace");
      out += replace(word.substr(i + 1, end - i - 1));
      i = end;
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<std::string> placeholders(const std::vector<std::string>& command) {
  std::vector<std::string> names;
  for (const std::string& word : command)
    filled(word, [&](const std::string& name) {
      names.push_back(name);
      return "";
    });
  return names;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void check_schedule(const Spec& spec, const std::vector<std::string>& used) {
  const bool asked = contains(used, "schedule") || contains(used, "warmup_steps");
  if (asked && !spec.schedule)
    throw ConfigError("command",
                      "{schedule} and {warmup_steps} need a schedule, and the study has none",
                      "add [schedule] with the keys of docs/options.md, such as warmup = \"5%\"");
  const bool has_rate = spec.base_lr > 0 || std::ranges::any_of(spec.space, [](const Axis& axis) {
                          return axis.param.kind == plan::Kind::base_lr;
                        });
  if (asked && !has_rate)
    throw ConfigError("command", "the schedule has no peak rate",
                      "vary the learning rate in the space, or add base_lr = 0.001");
}

}  // namespace

void check_command(const Spec& spec) {
  const auto used = placeholders(spec.command);
  std::vector<std::string> known(kPlaces.begin(), kPlaces.end());
  for (const Axis& axis : spec.space) known.push_back(axis.param.name);
  for (const std::string& name : used) {
    if (contains(known, name)) continue;
    const std::string nearest = nearest_name(name, known);
    throw ConfigError("command", fmt::format("there is no placeholder {{{}}}", name),
                      nearest.empty() ? fmt::format("expected one of {}", fmt::join(known, ", "))
                                      : fmt::format("did you mean {{{}}}?", nearest));
  }
  check_schedule(spec, used);
  if (contains(used, "config")) return;  // holds every value and the seeds
  for (const Axis& axis : spec.space) {
    const std::string& name = axis.param.name;
    const bool by_schedule = name.starts_with("schedule.") && contains(used, "schedule");
    if (is_varied(axis) && !contains(used, name) && !by_schedule)
      throw ConfigError("command",
                        fmt::format("'{}' varies, and the command does not use it", name),
                        fmt::format("add {{{}}} to the command, or {{config}}", name));
  }
  if (spec.seeds.size() > 1 && !contains(used, "seed_init") && !contains(used, "seed_data"))
    throw ConfigError("command", "the study has several seeds, and the command uses none",
                      "add {seed_init} or {seed_data} to the command");
}

void make_paths_absolute(std::vector<std::string>& command, const fs::path& directory) {
  for (std::string& word : command) {
    std::error_code ignored;
    const bool is_path = word.find('{') == std::string::npos && !word.empty() && word != "." &&
                         fs::path(word).is_relative();
    // The program itself is looked for on the PATH unless it is written as a path.
    if (&word == &command.front() && word.find('/') == std::string::npos) continue;
    if (is_path && fs::exists(directory / word, ignored))
      word = fs::absolute(directory / word).lexically_normal().string();
  }
}

bool uses(const Spec& spec, std::string_view placeholder) {
  return contains(placeholders(spec.command), placeholder);
}

std::optional<schedule::Schedule> schedule_of(const Spec& spec, const Values& values) {
  if (!spec.schedule) return std::nullopt;
  schedule::ScheduleOptions options = *spec.schedule;
  FieldList fields;
  fields.add("schedule", options);
  schedule::RunScale scale{.steps = spec.max_steps, .base = spec.base_lr};
  for (const Axis& axis : spec.space) {
    const auto value = values.find(axis.param.name);
    if (value == values.end()) continue;
    if (axis.param.kind == plan::Kind::base_lr) {
      if (const auto rate = parse_double(value->second)) scale.base = *rate;
    } else if (axis.param.name.starts_with("schedule.")) {
      fields.find(axis.param.name, "space").set_text(value->second, axis.param.name);
    }
  }
  return schedule::make_schedule(options, scale);
}

std::vector<std::string> command_of(const Spec& spec, const Values& values, int64_t seed,
                                    const TrialPlaces& places) {
  const auto replace = [&](const std::string& name) -> std::string {
    if (const auto value = values.find(name); value != values.end()) return value->second;
    if (name == "trial_dir") return places.trial_dir.string();
    if (name == "config") return (places.trial_dir / "config.toml").string();
    if (name == "schedule") return (places.trial_dir / "schedule.csv").string();
    if (name == "resume_from") return places.resume_from.string();
    if (name == "max_steps") return fmt::format("{}", spec.max_steps);
    if (name == "warmup_steps") return fmt::format("{}", schedule_of(spec, values)->warmup);
    if (name == "seed_init" || name == "seed_data") return fmt::format("{}", seed);
    return "";
  };
  std::vector<std::string> words;
  for (const std::string& word : spec.command) words.push_back(filled(word, replace));
  return words;
}

}  // namespace coldstart::study
