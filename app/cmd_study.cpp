// coldstart study: many trials of one question. new makes a study from a specification, run runs
// what is left of it, status shows it, verdict judges it, report draws it, close puts it on record,
// dump and export print it, rebuild makes its database anew.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/run_study.h"
#include "coldstart/core/error.h"
#include "coldstart/core/exit_status.h"
#include "coldstart/core/files.h"
#include "coldstart/io/json_record.h"
#include "coldstart/plan/study_verdicts.h"
#include "coldstart/report/verdict_json.h"
#include "coldstart/study/console.h"
#include "coldstart/study/controller.h"
#include "coldstart/study/design.h"
#include "coldstart/study/export_optuna.h"
#include "coldstart/study/load.h"
#include "coldstart/study/per_scientific.h"
#include "coldstart/study/study_directory.h"
#include "coldstart/study/study_record.h"

namespace coldstart::app {

namespace fs = std::filesystem;

namespace {

struct StudyFlags {
  std::string study, spec, to, notes;
  bool json = false, per_scientific = false;
  int64_t points = 0;
  StudyRunFlags run;
};

// What the linter has to say goes to stderr, before any money is spent; what it refuses ends here.
void lint(const study::Spec& spec, const fs::path& spec_directory) {
  const plan::StudyDesign design = study::design_of(spec, spec_directory);
  bool refused = false;
  for (const plan::LintFinding& finding : plan::lint(design)) {
    fmt::print(stderr, "{} ({}): {}\n", finding.code.empty() ? "note" : finding.code, finding.rule,
               finding.text);
    refused = refused || finding.error();
  }
  if (refused) throw CLI::RuntimeError(kRefused.value);
  fmt::print(stderr, "note (SD-09):");
  const char* comma = "";
  for (const plan::Evidence& number : plan::lint_verdict(design).evidence) {
    fmt::print(stderr, "{} {:.3g} {}", comma, number.value.mid, number.what);
    comma = ",";
  }
  fmt::print(stderr, "\n");
}

void make_one(const StudyFlags& flags, const fs::path& directory, const study::Spec& spec,
              const fs::path& spec_directory) {
  lint(spec, spec_directory);
  const auto study = study::StudyDirectory::create(directory, spec, spec_directory);
  if (flags.json) {
    fmt::print("{}\n", io::JsonRecord()
                           .add("type", "new")
                           .add("study", directory.string())
                           .add("trials", study.trials())
                           .add("max_steps", study.spec().max_steps)
                           .line());
    return;
  }
  fmt::print("{}: {} trials of {} steps\nrun them with: coldstart study run {}\n",
             directory.string(), study.trials(), study.spec().max_steps, directory.string());
}

void make_new(const StudyFlags& flags) {
  const fs::path file = flags.spec;
  const fs::path directory = flags.study.empty() ? file.stem() : fs::path(flags.study);
  const fs::path spec_directory = fs::absolute(file).parent_path();
  const study::Spec spec = study::parse_spec(read_file(file), file.string());
  if (!flags.per_scientific) {
    make_one(flags, directory, spec, spec_directory);
    return;
  }
  for (const study::NamedSpec& part : study::per_scientific(spec))
    make_one(flags, fs::path(fmt::format("{}-{}", directory.string(), part.name)), part.spec,
             spec_directory);
}

int run(const StudyFlags& flags) {
  auto study = study::StudyDirectory::open(flags.study);
  if (flags.points > 0) study.extend(flags.points);
  return run_study(study, flags.run);
}

void show_status(const StudyFlags& flags) {
  const auto study = study::StudyDirectory::open(flags.study);
  const auto store = study::Store::snapshot(study);
  fmt::print("{}", flags.json ? study::status_json(study, store.rows())
                              : study::status_table(study, store.rows()));
}

void rebuild(const StudyFlags& flags) {
  const int64_t trials = study::rebuild(study::StudyDirectory::open(flags.study));
  if (flags.json) {
    fmt::print("{}\n", io::JsonRecord().add("type", "rebuild").add("trials", trials).line());
  } else {
    fmt::print("study.db made anew from {} trials\n", trials);
  }
}

// What the planner says of the study; the exit status is that of its checklist.
void judge(const StudyFlags& flags) {
  const auto [checklist, curves, verdicts] = plan::study_verdicts(study::load_study(flags.study));
  for (const plan::Verdict& verdict : verdicts) {
    if (flags.json) {
      fmt::print("{}\n", report::verdict_json(verdict));
    } else {
      fmt::print("{}{}", &verdict == &verdicts.front() ? "" : "\n", plan::text_of(verdict));
    }
  }
  if (const int code = plan::exit_code(checklist.verdict.standing)) throw CLI::RuntimeError(code);
}

// TR-01: the record of a study, kept when nothing of it is missing.
void close(const StudyFlags& flags) {
  auto directory = study::StudyDirectory::open(flags.study);
  const study::StudyRecord record = study::close_study(directory, flags.notes);
  const std::vector<std::string> missing = record.missing();
  if (flags.json) {
    fmt::print("{}\n", io::JsonRecord()
                           .add("type", "record")
                           .add("study", record.name)
                           .add("closed", missing.empty())
                           .add("configuration", record.configuration)
                           .add("notes", record.notes)
                           .add("trials", record.trials)
                           .add("best", record.best)
                           .add("source", fmt::format("{}", fmt::join(record.source, "\n")))
                           .add("commands", fmt::format("{}", fmt::join(record.commands, "\n")))
                           .add("missing", fmt::format("{}", fmt::join(missing, "\n")))
                           .line());
  } else {
    fmt::print("study          {}\nconfiguration  {}\nnotes          {}\ntrials         {}\n",
               record.name, record.configuration, record.notes, record.trials);
    fmt::print("best           {}\n", record.best);
    for (const std::string& source : record.source) fmt::print("run from       {}\n", source);
    for (const std::string& command : record.commands) fmt::print("again          {}\n", command);
  }
  if (missing.empty()) return;
  for (const std::string& what : missing) fmt::print(stderr, "missing (TR-01): {}\n", what);
  throw CLI::RuntimeError(kRefused.value);
}

CLI::App* add_verb(CLI::App& study, const char* name, const char* what, StudyFlags& flags) {
  CLI::App* verb = study.add_subcommand(name, what);
  verb->add_option("STUDY", flags.study, "directory of a study")->required();
  return verb;
}

void add_run(CLI::App& study, const std::shared_ptr<StudyFlags>& flags) {
  CLI::App* verb = add_verb(study, "run", "run what is left of a study", *flags);
  add_study_run_flags(*verb, flags->run);
  verb->add_option("--points", flags->points,
                   "first let the study grow to so many points of its sampler")
      ->check(CLI::PositiveNumber);
  verb->footer(
      "Example:\n  coldstart study run rate --jobs 2\n\n"
      "Exit status: 0 all trials are over, 2 error, 3 trials failed or another controller is at "
      "work,"
      "\n130 Ctrl-C (what runs is saved; the same command goes on).");
  verb->callback([flags] {
    if (const int code = run(*flags)) throw CLI::RuntimeError(code);
  });
}

}  // namespace

void add_study(CLI::App& app) {
  CLI::App* study = app.add_subcommand("study", "run many trials of one question");
  study->require_subcommand(1);
  auto flags = std::make_shared<StudyFlags>();

  CLI::App* create = study->add_subcommand("new", "make a study from a specification");
  create->add_option("SPEC", flags->spec, "a TOML file (docs/studies.md)")->required();
  create->add_option("-o,--out", flags->study,
                     "directory of the study; its file's name by default");
  create->add_flag("--per-scientific", flags->per_scientific,
                   "a study for each value of the scientific hyperparameter, equal in size");
  create->add_flag("--json", flags->json, "print a JSON line");
  create->footer("Example:\n  coldstart study new rate.toml");
  create->callback([flags] { make_new(*flags); });

  add_run(*study, flags);

  CLI::App* status = add_verb(*study, "status", "show every trial", *flags);
  status->add_flag("--json", flags->json, "print JSON lines");
  status->footer("Example:\n  coldstart study status rate");
  status->callback([flags] { show_status(*flags); });

  CLI::App* verdict =
      add_verb(*study, "verdict", "is the study sound, how noisy, and what does it say?", *flags);
  verdict->add_flag("--json", flags->json, "print one JSON object a verdict");
  verdict->footer(
      "Exit status: 0 it may be concluded from, 3 it may not, 4 not enough trials.\n"
      "Example:\n  coldstart study verdict rate");
  verdict->callback([flags] { judge(*flags); });

  add_report(*study);

  CLI::App* closing =
      add_verb(*study, "close",
               "put a finished study on record: what it found, and how to repeat it", *flags);
  closing->add_option("--notes", flags->notes, "what was learnt, kept in study.toml");
  closing->add_flag("--json", flags->json, "print a JSON line");
  closing->footer(
      "Exit status: 0 closed (record.json is in the study), 3 something is missing.\n"
      "Example:\n  coldstart study close rate --notes \"0.004 is best; wider ranges do not help\"");
  closing->callback([flags] { close(*flags); });

  CLI::App* dump =
      add_verb(*study, "dump", "print the record of a study, equal for equal studies", *flags);
  dump->footer("Example:\n  coldstart study dump rate");
  dump->callback(
      [flags] { fmt::print("{}", study::canonical_dump(study::load_study(flags->study))); });

  CLI::App* out = add_verb(*study, "export", "print a study in the terms of another tool", *flags);
  out->add_option("--to", flags->to, "the tool: optuna")
      ->required()
      ->check(CLI::IsMember({"optuna"}));
  out->footer("Example:\n  coldstart study export rate --to optuna");
  out->callback([flags] {
    const auto exported = study::StudyDirectory::open(flags->study);
    const auto store = study::Store::snapshot(exported);
    fmt::print("{}", study::optuna_json(exported, store.rows()));
  });

  CLI::App* again =
      add_verb(*study, "rebuild", "make study.db anew from the trial directories", *flags);
  again->add_flag("--json", flags->json, "print a JSON line");
  again->footer("Example:\n  coldstart study rebuild rate");
  again->callback([flags] { rebuild(*flags); });

  study->footer(
      "Examples:\n  coldstart study new rate.toml\n  coldstart study run rate --jobs 2\n"
      "  coldstart study status rate");
}

}  // namespace coldstart::app
