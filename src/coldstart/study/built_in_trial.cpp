#include "coldstart/study/built_in_trial.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/study/trial_files.h"
#include "coldstart/train/run.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

// Two models are the same when all their options are.
std::string architecture_of(train::RunConfig config) {
  std::string text;
  for (const Setting& setting : config.fields().settings())
    if (setting.table == "model")
      text += fmt::format("{}={} ", setting.key, value_text(setting.value));
  return text;
}

std::string commit_of(const fs::path& run) {
  if (!fs::exists(run / "env.json")) return "";
  const auto json = nlohmann::json::parse(read_file(run / "env.json"), nullptr, false);
  return json.is_object() ? json.value("commit", "") : "";
}

}  // namespace

void describe_built_in(const fs::path& run, plan::Trial& trial) {
  const TrialFiles files = read_trial(run, trial.index);
  if (files.launch) {
    trial.unique_tokens = files.launch->unique_tokens;
    trial.vocab = files.launch->vocab;
    trial.conditions.data = files.launch->data_id;
  }
  if (!fs::exists(run / "config.toml")) return;
  const train::RunConfig config = train::config_of_run(run);
  trial.conditions.batch_tokens = config.train.batch_tokens;
  trial.conditions.architecture = architecture_of(config);
  trial.conditions.code = commit_of(run);
  trial.conditions.eval_set = fmt::format("{}:{}", trial.conditions.data, config.train.eval_tokens);
  try {
    trial.schedule = train::resolve(config, config.model.vocab).schedule;
    trial.planned_steps = trial.schedule->total();
  } catch (const ConfigError&) {  // NOLINT(bugprone-empty-catch): written by another version
  }
}

}  // namespace coldstart::study
