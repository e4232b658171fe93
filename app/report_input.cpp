#include "app/report_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "app/warmup_answer.h"
#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/shell_word.h"
#include "coldstart/core/source_commit.h"
#include "coldstart/report/verdict_json.h"
#include "coldstart/study/load.h"
#include "coldstart/study/run_records.h"
#include "coldstart/study/study_directory.h"
#include "coldstart/study/study_record.h"

namespace coldstart::app {

namespace {

namespace fs = std::filesystem;

report::TrialDetail detail_of(study::LoadedTrial& loaded, const fs::path& directory) {
  return {.traces = std::move(loaded.traces),
          .directory = directory.string(),
          .diagnosis = std::move(loaded.diagnosis),
          .flags = {},
          .batch_sequences = loaded.batch_sequences};
}

// Entries of a directory for which `wanted` holds, by name.
template <class Wanted>
std::vector<fs::path> entries_of(const fs::path& directory, Wanted wanted) {
  std::vector<fs::path> entries;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(directory, missing))
    if (wanted(entry.path())) entries.push_back(entry.path());
  std::ranges::sort(entries);
  return entries;
}

// verdicts/*.json of a study: a verdict a line.
std::vector<plan::Verdict> kept_verdicts(const fs::path& directory) {
  std::vector<plan::Verdict> verdicts;
  const auto is_json = [](const fs::path& path) { return path.extension() == ".json"; };
  for (const fs::path& file : entries_of(directory / "verdicts", is_json)) {
    const std::string text = read_file(file);
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      const std::string_view line = std::string_view(text).substr(begin, end - begin);
      if (!line.empty()) verdicts.push_back(report::parse_verdict(line, file.string()));
      begin = end + 1;
    }
  }
  return verdicts;
}

void read_run(const fs::path& path, report::Input& input) {
  study::LoadedTrial loaded = study::load_records(path);
  input.details.push_back(detail_of(loaded, path));
  loaded.trial.index = static_cast<int64_t>(input.study.trials.size());
  input.study.trials.push_back(std::move(loaded.trial));
  const fs::path config = path / "config.toml";
  if (fs::exists(config))
    input.commands.push_back(fmt::format("coldstart train {}", shell_word(config.string())));
}

void read_runs(const std::vector<std::string>& paths, report::Input& input) {
  for (const fs::path& path : record_directories(paths)) {
    if (study::is_study_directory(path))
      throw ConfigError("report",
                        fmt::format("'{}' is a study, and not the only path", path.string()),
                        "give one study, or any number of runs");
    read_run(path, input);
  }
  const size_t runs = input.study.trials.size();
  input.is_run = runs == 1;
  input.study.name =
      paths.size() == 1 ? last_name(fs::absolute(paths.front())) : fmt::format("{} runs", runs);
}

void read_study(const fs::path& path, report::Input& input) {
  const auto directory = study::StudyDirectory::open(path);
  input.study = study::load_study(path);
  for (const plan::Trial& trial : input.study.trials) {
    const fs::path run = directory.trial(trial.index);
    study::LoadedTrial loaded;
    if (study::is_run_directory(run)) loaded = study::load_records(run);
    input.details.push_back(detail_of(loaded, run));
  }
  if (auto answer = warmup_answer(directory, input.study))
    input.answers.push_back(std::move(*answer));
  const study::StudyRecord record = study::record_of(directory, input.study);
  input.notes = record.notes;
  input.commands = record.commands;
  input.record = {.configuration = record.configuration,
                  .trials = record.trials,
                  .best = record.best,
                  .source = record.source,
                  .missing = record.missing()};
}

bool has_begun(const plan::Study& study) {
  return std::ranges::any_of(study.trials, [](const plan::Trial& trial) {
    return trial.state != plan::TrialState::planned;
  });
}

}  // namespace

std::vector<fs::path> record_directories(const std::vector<std::string>& paths) {
  std::vector<fs::path> directories;
  for (const std::string& path : paths) {
    const bool whole = study::is_study_directory(path) || study::is_run_directory(path);
    const auto found =
        whole ? std::vector<fs::path>{path} : entries_of(path, study::is_run_directory);
    if (found.empty())
      throw ConfigError("report", fmt::format("'{}' is neither a run nor a study", path),
                        "a run directory holds metrics.jsonl, a study directory study.toml; logs "
                        "of other programs come in with `coldstart import`");
    directories.insert(directories.end(), found.begin(), found.end());
  }
  return directories;
}

report::Input read_report_input(const std::vector<std::string>& paths) {
  report::Input input;
  if (paths.size() == 1 && study::is_study_directory(paths.front()))
    read_study(paths.front(), input);
  else
    read_runs(paths, input);
  if (!has_begun(input.study))
    throw ConfigError("report", fmt::format("'{}' has no trials yet", paths.front()),
                      fmt::format("coldstart study run {}", shell_word(paths.front())));
  if (paths.size() == 1) input.verdicts = kept_verdicts(paths.front());
  std::string again = "coldstart report";
  for (const std::string& path : paths) again += fmt::format(" {}", shell_word(path));
  input.commands.push_back(again + " -o page.html");
  input.made_by = fmt::format("coldstart {} ({})", COLDSTART_VERSION, source_commit());
  return input;
}

}  // namespace coldstart::app
