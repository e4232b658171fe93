#include "coldstart/study/study_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"
#include "coldstart/core/shell_word.h"
#include "coldstart/plan/objective.h"
#include "coldstart/study/load.h"
#include "coldstart/study/provenance.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

bool is_imported(const StudyDirectory& study) {
  return study.spec().command == std::vector<std::string>{"imported"};
}

// The states that the trials were run from: the last one of each work tree is where it stands now.
std::vector<Provenance> last_of_each(const std::vector<Provenance>& all) {
  std::vector<Provenance> last;
  for (const Provenance& p : all) {
    std::erase_if(last, [&](const Provenance& q) { return q.repository == p.repository; });
    last.push_back(p);
  }
  return last;
}

std::string source_line(const Provenance& p, const fs::path& study) {
  std::string text = fmt::format("coldstart {}", p.program);
  if (p.repository.empty()) return text + "; its files lie in no git work tree";
  text += fmt::format("; {} at commit {}", p.repository, p.commit);
  text += p.changes.empty()
              ? ", nothing uncommitted"
              : fmt::format(", uncommitted changes in {}", (study / p.changes).string());
  if (p.left_out > 0) text += fmt::format(" ({} large new files are not in it)", p.left_out);
  return text;
}

// The source as it was, in a directory of its own.
void add_checkout(std::vector<std::string>& commands, const Provenance& p, const fs::path& study) {
  if (p.repository.empty()) return;
  const std::string copy = shell_word(fs::path(p.repository).filename().string() + "-again");
  commands.push_back(fmt::format("git clone {} {} && git -C {} checkout {}",
                                 shell_word(p.repository), copy, copy, p.commit));
  if (!p.changes.empty())
    commands.push_back(fmt::format("git -C {} apply {}", copy,
                                   shell_word((fs::absolute(study) / p.changes).string())));
}

// Of the trials; empty while one is not over.
std::string trials_text(const plan::Study& study) {
  size_t infeasible = 0;
  for (const plan::Trial& trial : study.trials) {
    if (trial.state != plan::TrialState::finished && trial.feasible()) return "";
    infeasible += !trial.feasible();
  }
  std::string text = fmt::format("{}", study.trials.size());
  if (infeasible > 0) text += fmt::format(", {} of them infeasible", infeasible);
  return text;
}

std::string best_text(const StudyDirectory& study, const plan::Study& loaded) {
  const auto ranked = plan::ranked_trials(loaded);
  if (ranked.empty()) return "";
  const plan::Trial& trial = loaded.trials[ranked.front().trial];
  const double value = loaded.maximised ? -ranked.front().value : ranked.front().value;
  const fs::path directory = study.trial(trial.index);
  const fs::path checkpoint =
      directory / "checkpoints" / fmt::format("step_{:08}", ranked.front().step);
  return fmt::format(
      "{} {} at step {}, {}: {}", loaded.metric, value, ranked.front().step, trial.name,
      fs::exists(checkpoint) ? checkpoint.string()
                             : fmt::format("{} (no checkpoint of that step)", directory.string()));
}

// A program built from a changed tree that lies elsewhere, or a command outside git, cannot be had
// again.
bool is_known(const Provenance& p, bool built_in) {
  if (!p.repository.empty()) return true;
  return built_in && p.program != "unknown" && !p.program.ends_with("-dirty");
}

std::string json_of(const StudyRecord& record) {
  const nlohmann::ordered_json json = {
      {"name", record.name},         {"configuration", record.configuration},
      {"notes", record.notes},       {"trials", record.trials},
      {"best", record.best},         {"source", record.source},
      {"commands", record.commands},
  };
  return json.dump(2) + "\n";
}

}  // namespace

std::vector<std::string> StudyRecord::missing() const {
  std::vector<std::string> list;
  const auto need = [&](bool there, const char* what) {
    if (!there) list.emplace_back(what);
  };
  need(!name.empty(), "a name");
  need(!configuration.empty(), "its configuration");
  need(notes.find_first_not_of(" \t\n") != std::string::npos,
       "notes: what was learnt (coldstart study close --notes, or in study.toml)");
  need(!trials.empty(), "the end of all its trials (coldstart study run)");
  need(!best.empty(), "a finished trial with a result");
  need(!commands.empty(), "the commands that make it again (its runs were imported)");
  need(source_known,
       "the source it was run from, with what was not committed (keep it in a git work tree)");
  return list;
}

StudyRecord record_of(const StudyDirectory& study, const plan::Study& loaded) {
  StudyRecord record{.name = study.name(),
                     .configuration = (study.path() / "study.toml").string(),
                     .notes = study.spec().notes,
                     .trials = trials_text(loaded),
                     .best = best_text(study, loaded),
                     .commands = {},
                     .source = {}};
  if (is_imported(study)) return record;
  const std::vector<Provenance> all = read_provenance(study.path());
  record.source_known = !all.empty() && std::ranges::all_of(all, [&](const Provenance& p) {
    return is_known(p, study.spec().built_in());
  });
  for (const Provenance& p : last_of_each(all)) {
    record.source.push_back(source_line(p, study.path()));
    add_checkout(record.commands, p, study.path());
  }
  record.commands.push_back(
      fmt::format("coldstart study new {} -o again", shell_word(record.configuration)));
  record.commands.emplace_back("coldstart study run again");
  return record;
}

StudyRecord close_study(StudyDirectory& study, const std::string& notes) {
  if (!notes.empty()) study.annotate(notes);
  StudyRecord record = record_of(study, load_study(study.path()));
  if (record.missing().empty()) write_file_atomic(study.path() / "record.json", json_of(record));
  return record;
}

}  // namespace coldstart::study
