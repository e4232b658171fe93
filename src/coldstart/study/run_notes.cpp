#include "coldstart/study/run_notes.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/fields.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/io/toml.h"
#include "coldstart/schedule/make.h"
#include "coldstart/schedule/options.h"

namespace coldstart::study {

namespace {

namespace fs = std::filesystem;

void read_status(const fs::path& path, LoadedTrial& loaded) {
  if (!fs::is_regular_file(path)) return;
  const auto json = nlohmann::json::parse(read_file(path), nullptr, false);
  if (!json.is_object()) throw DataError(path.string(), "not a JSON object", "write the run again");
  const auto text = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  plan::Trial& trial = loaded.trial;
  const std::string state = text("state");
  trial.note = text("note").empty() ? text("reason") : text("note");
  if (const auto total = json.find("total_steps");
      total != json.end() && total->is_number_integer())
    trial.planned_steps = total->get<int64_t>();
  if (const auto plain = parse_enum<plan::TrialState>(state)) trial.state = *plain;
  if (state == "diverged") {
    trial.state = plan::TrialState::infeasible;
    trial.reason = plan::Reason::diverged;
  } else if (state == "failed") {
    trial.state = plan::TrialState::infeasible;
    trial.reason = plan::Reason::crash;
  } else if (state == "interrupted" || state == "timed_out") {
    trial.state = plan::TrialState::stopped;
  } else if (state == "infeasible") {
    trial.reason = parse_enum<plan::Reason>(text("reason")).value_or(plan::Reason::crash);
  }
  loaded.diagnosis = text("diagnosis");
}

// launch.json and result.json, which a study keeps of its trials.
void read_trial_files(const fs::path& trial, LoadedTrial& loaded) {
  const auto read = [&](const char* name) {
    const fs::path file = trial / name;
    if (!fs::is_regular_file(file)) return nlohmann::json();
    auto json = nlohmann::json::parse(read_file(file), nullptr, false);
    if (!json.is_object()) throw DataError(file.string(), "not a JSON object", "remove the trial");
    return json;
  };
  const nlohmann::json launch = read("launch.json"), result = read("result.json");
  if (launch.is_object() && launch.contains("values") && launch["values"].is_object())
    for (const auto& [name, value] : launch["values"].items())
      if (value.is_string()) loaded.trial.values[name] = value.get<std::string>();
  if (!result.is_object()) return;
  const auto text = [&](const char* key) {
    return result.contains(key) && result[key].is_string() ? result[key].get<std::string>()
                                                           : std::string();
  };
  const std::string state = text("state");
  if (const auto known = parse_enum<plan::TrialState>(state)) loaded.trial.state = *known;
  if (state == "failed") loaded.trial.state = plan::TrialState::infeasible;
  if (state == "lost") loaded.trial.state = plan::TrialState::stopped;
  loaded.trial.reason = parse_enum<plan::Reason>(text("reason")).value_or(plan::Reason::crash);
  loaded.trial.note = text("note");
}

std::optional<int64_t> integer_of(const std::map<std::string, std::string>& values,
                                  const char* name) {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : parse_int(found->second);
}

// The schedule that the options of a resolved configuration describe.
std::optional<schedule::Schedule> schedule_in(const std::vector<Setting>& settings,
                                              const std::map<std::string, std::string>& values) {
  FieldList fields;
  schedule::Schedule whole;  // of an imported run: its phases
  if (values.contains("schedule.base")) {
    fields.add("schedule", whole);
    for (const Setting& setting : settings)
      if (setting.table == "schedule")
        fields.find(setting.name(), setting.where).set(setting.value, setting.where);
    return whole;
  }
  const auto steps = integer_of(values, "train.steps");
  const auto rate = values.find("optimizer.lr");
  const auto base = rate == values.end() ? std::nullopt : parse_double(rate->second);
  if (!steps || *steps <= 0 || !base) return std::nullopt;
  schedule::ScheduleOptions options;
  fields.add("schedule", options);
  try {
    for (const Setting& setting : settings)
      if (setting.table == "schedule")
        fields.find(setting.name(), setting.where).set(setting.value, setting.where);
    return schedule::make_schedule(options, {.steps = *steps, .base = *base});
  } catch (const ConfigError&) {
    return std::nullopt;  // of another version, or one that needs more than is written here
  }
}

void read_config(const fs::path& path, LoadedTrial& loaded) {
  if (!fs::is_regular_file(path)) return;
  plan::Trial& trial = loaded.trial;
  const std::vector<Setting> settings = io::parse_toml(read_file(path), path.string());
  for (const Setting& setting : settings) {
    const std::string name = setting.table == "values" ? setting.key : setting.name();
    const std::string value = value_text(setting.value);
    if (value != "auto") trial.values[name] = value;  // auto: not an option of this optimizer
  }
  trial.schedule = schedule_in(settings, trial.values);
  if (trial.values.contains("schedule.base"))
    std::erase_if(trial.values, [](const auto& v) { return v.first.starts_with("schedule."); });
  if (const auto seed = integer_of(trial.values, "train.seed")) trial.seed = *seed;
  if (const auto steps = integer_of(trial.values, "max_steps"); steps && trial.planned_steps == 0)
    trial.planned_steps = *steps;
  // What differs between equal runs is no hyperparameter.
  for (const char* name : {"max_steps", "imported", "train.out", "train.threads", "train.seed"})
    trial.values.erase(name);
  if (const auto vocab = integer_of(trial.values, "model.vocab")) trial.vocab = *vocab;
  const auto tokens = integer_of(trial.values, "train.batch_tokens");
  const auto context = integer_of(trial.values, "model.context");
  if (tokens) trial.conditions.batch_tokens = *tokens;
  if (tokens && context && *context > 0)
    loaded.batch_sequences = static_cast<double>(*tokens) / static_cast<double>(*context);
}

}  // namespace

void read_run_notes(const fs::path& run, LoadedTrial& loaded) {
  read_status(run / "status.json", loaded);
  read_config(run / "config.toml", loaded);
  read_trial_files(run, loaded);
}

}  // namespace coldstart::study
