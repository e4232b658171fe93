// coldstart import csv|jsonl|tensorboard PATH... --out DIR: runs made elsewhere, as a study.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "coldstart/core/enum_text.h"
#include "coldstart/io/json_record.h"
#include "coldstart/study/import.h"

namespace coldstart::app {

namespace {

struct ImportFlags {
  std::vector<std::string> paths, map;
  std::string out;
  study::ImportOptions options;
  bool json = false;
};

void print(const study::ImportSummary& summary, const ImportFlags& flags) {
  for (size_t i = 0; i < summary.trials.size(); ++i) {
    const auto& trial = summary.trials[i];
    if (flags.json) {
      fmt::print("{}\n", io::JsonRecord()
                             .add("trial", static_cast<int64_t>(i))
                             .add("source", trial.source)
                             .add("step_records", trial.step_records)
                             .add("eval_records", trial.eval_records)
                             .add("first_step", trial.first_step)
                             .add("last_step", trial.last_step)
                             .add("names", fmt::format("{}", fmt::join(trial.names, " ")))
                             .add("warnings", fmt::format("{}", fmt::join(trial.warnings, "; ")))
                             .line());
      continue;
    }
    fmt::print("trial {:04}  {}\n", i, trial.source);
    if (trial.names.empty()) {
      fmt::print("  a run of coldstart, taken as it is\n");
      continue;
    }
    fmt::print("  steps {} to {}, {} step records, {} evaluations\n  {}\n", trial.first_step,
               trial.last_step, trial.step_records, trial.eval_records,
               fmt::join(trial.names, ", "));
    if (!trial.others.empty())
      fmt::print("  kept without a meaning: {}\n", fmt::join(trial.others, ", "));
    for (const std::string& warning : trial.warnings) fmt::print("  warning: {}\n", warning);
  }
  if (!flags.json)
    fmt::print("{} trials in {}; planned length: {}\n", summary.trials.size(), flags.out,
               flags.options.max_steps > 0
                   ? fmt::format("{} steps, as given", flags.options.max_steps)
                   : "the last step of each log");
}

void add_format(CLI::App& import_verb, study::LogFormat format, const char* help,
                const char* example) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* verb = import_verb.add_subcommand(std::string(enum_name(format)), help);
  verb->add_option("PATH", flags->paths, "logs, one a run")->required();
  verb->add_option("-o,--out", flags->out, "directory for the study")->required();
  verb->add_option("--map", flags->map,
                   "OURS=THEIRS: a name of ours and the column that stands for it, such as "
                   "val_loss=eval/loss");
  verb->add_option("--max-steps", flags->options.max_steps,
                   "planned length of the runs; 0 = the last step of each log")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--schedule", flags->options.schedule,
                   "learning rate, for logs without one: lr=0.001,shape=cosine,warmup=100 (names "
                   "of [schedule])");
  verb->add_option("--values", flags->options.values,
                   "hyperparameters of a run, once for each path: optimizer.lr=0.001,seed=1");
  verb->add_option("--goal", flags->options.goal, "the question that the study is to answer");
  verb->add_flag("--maximize", flags->options.maximised,
                 "what stands for val_loss is better when it is higher, as an accuracy is");
  verb->add_flag("--json", flags->json, "print one JSON line a trial");
  verb->footer(fmt::format("Example:\n  coldstart import {}", example));
  verb->callback([flags, format] {
    flags->options.map = study::parse_name_map(flags->map);
    print(study::import_logs(format, flags->paths, flags->out, flags->options), *flags);
  });
}

}  // namespace

void add_import(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("import", "runs made elsewhere, as a study");
  verb->require_subcommand(1);
  add_format(*verb, study::LogFormat::csv, "CSV files with a header",
             "csv a.csv b.csv -o my-study --map val_loss=eval_loss");
  add_format(*verb, study::LogFormat::jsonl, "JSON lines; also run directories of coldstart",
             "jsonl log.jsonl -o my-study");
  add_format(*verb, study::LogFormat::tensorboard,
             "TensorBoard event files, or directories of them",
             "tensorboard logs/run1 -o my-study --map val_loss=loss/eval");
  verb->footer("Example:\n  coldstart import csv my_log.csv -o my-study");
}

}  // namespace coldstart::app
