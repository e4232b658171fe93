#include "coldstart/study/load_trial.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"
#include "coldstart/study/load_documents.h"
#include "coldstart/study/run_records.h"
#include "coldstart/train/config.h"

namespace coldstart::study {

namespace {

namespace fs = std::filesystem;

void set_config(const fs::path& directory, plan::Trial& t) {
  const train::RunConfig config = train::load_config((directory / "config.toml").string());
  const train::ResolvedConfig resolved = train::resolve(config, config.model.vocab);
  t.schedule = resolved.schedule;
  if (t.planned_steps == 0) t.planned_steps = resolved.schedule.total();
  t.vocab = config.model.vocab;
  t.seed = config.train.seed;
  t.conditions.batch_tokens = config.train.batch_tokens;
}

}  // namespace

plan::Trial load_run(const fs::path& directory) {
  if (!fs::exists(directory / "config.toml") || !fs::exists(directory / "metrics.jsonl"))
    throw DataError(directory.string(), "holds no run: config.toml and metrics.jsonl are expected",
                    "give the directory that coldstart train wrote");
  plan::Trial t = load_records(directory).trial;
  t.name = directory.lexically_normal().string();
  while (t.name.size() > 1 && t.name.ends_with('/')) t.name.pop_back();
  // Its options are no hyperparameters: where it lies and what it measured tells no two runs apart.
  t.values.clear();
  set_config(directory, t);
  load_documents(directory, t);
  if (t.evals.step.empty() && t.steps.step.empty())
    throw DataError(t.name, "metrics.jsonl has no records yet", "wait until the run has trained");
  return t;
}

plan::Trial load_trial(const fs::path& path, const CsvOptions& options) {
  if (!fs::exists(path))
    throw DataError(path.string(), "is not there",
                    "give the directory of a run, or a CSV file with a header");
  return fs::is_directory(path) ? load_run(path) : load_csv(path, options);
}

}  // namespace coldstart::study
