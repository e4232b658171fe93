// coldstart warmup CONFIG|STUDY: does this set-up need learning-rate warmup, why, and what to do.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/run_study.h"
#include "coldstart/core/error.h"
#include "coldstart/core/exit_status.h"
#include "coldstart/core/files.h"
#include "coldstart/io/json_record.h"
#include "coldstart/study/load.h"
#include "coldstart/study/warmup_causes.h"
#include "coldstart/study/warmup_extend.h"
#include "coldstart/study/warmup_study.h"

namespace coldstart::app {

namespace fs = std::filesystem;

namespace {

struct WarmupFlags {
  study::WarmupPlan plan;
  std::string source, rates = "1e-4:3e-2", out, write;
  int64_t extend = 0;
  StudyRunFlags run;
};

struct Answer {
  study::WarmupReport report;
  std::vector<study::WarmupCause> causes;
  study::NoWarmup best;
};

void print_cause(const study::WarmupCause& cause) {
  const auto record = [&] {
    io::JsonRecord head;
    head.add("type", "cause").add("optimizer", cause.optimizer).add("warmup", cause.warmup);
    return head.add("lr", cause.lr);
  };
  if (!cause.note.empty()) fmt::print("{}\n", record().add("note", cause.note).line());
  for (const study::MeasureOut& out : cause.measures)
    for (const study::SizeAt& at : out.places)
      fmt::print("{}\n", record()
                             .add("measure", out.measure)
                             .add("place", at.where)
                             .add("without", at.without)
                             .add("with", at.with)
                             .add("limit", out.limit)
                             .add("text", out.sentence)
                             .add("other", out.other)
                             .add("other_lr", out.other_lr)
                             .add("other_value", out.other_value)
                             .line());
}

void print_json(const Answer& answer) {
  for (const study::WarmupCell& c : answer.report.cells)
    fmt::print("{}\n", io::JsonRecord()
                           .add("type", "cell")
                           .add("optimizer", c.optimizer)
                           .add("warmup", c.warmup)
                           .add("loss", c.loss)
                           .add("se", c.se)
                           .add("lr", c.lr)
                           .add("width_decades", c.width_decades)
                           .add("seeds", c.seeds)
                           .add("infeasible", c.infeasible)
                           .add("range_end", std::string(enum_name(c.end)))
                           .line());
  for (const study::OptimizerVerdict& v : answer.report.verdicts)
    fmt::print("{}\n", io::JsonRecord()
                           .add("type", "verdict")
                           .add("optimizer", v.optimizer)
                           .add("label", std::string(enum_name(v.need)))
                           .add("gap", std::vector<double>{v.gap.lo, v.gap.mid, v.gap.hi})
                           .add("t", v.t)
                           .add("degrees", answer.report.degrees)
                           .add("p", v.p)
                           .add("sigma", answer.report.sigma)
                           .add("best_warmup", v.best_warmup)
                           .add("shortest_warmup", v.shortest_warmup)
                           .add("text", v.text)
                           .line());
  for (const study::WarmupCause& cause : answer.causes) print_cause(cause);
  const study::NoWarmup& best = answer.best;
  fmt::print("{}\n",
             io::JsonRecord()
                 .add("type", "advice")
                 .add("optimizer", best.optimizer)
                 .add("label", std::string(enum_name(best.need)))
                 .add("lr", best.lr)
                 .add("loss", best.loss)
                 .add("against", best.against)
                 .add("difference", std::vector<double>{best.difference.lo, best.difference.mid,
                                                        best.difference.hi})
                 .line());
}

void print_text(const Answer& answer, const WarmupFlags& flags, const fs::path& directory) {
  fmt::print("\n{}", study::warmup_table(answer.report));
  if (!answer.causes.empty()) fmt::print("\n{}", study::causes_text(answer.causes));
  fmt::print("\n{}", study::advice_text(answer.best));
  if (flags.write.empty() && !answer.best.config.empty())
    fmt::print("its configuration: coldstart warmup {} --write no_warmup.toml\n",
               directory.string());
}

// The study to judge: the one that is given, or one made here and run to its end.
std::pair<fs::path, int> finished_study(WarmupFlags& flags) {
  if (study::StudyDirectory::holds_study(flags.source)) return {flags.source, 0};
  flags.plan.config = flags.source;
  study::set_rates(flags.plan, flags.rates);
  const fs::path directory =
      flags.out.empty() ? fs::path(flags.source).stem().string() + "-warmup" : flags.out;
  if (!study::StudyDirectory::holds_study(directory))
    study::StudyDirectory::create(directory, study::warmup_spec(flags.plan), fs::current_path());
  return {directory, run_study(study::StudyDirectory::open(directory), flags.run)};
}

// One rate more at each end at which a range is too narrow; whether there was any.
bool extend(study::StudyDirectory& files, const plan::Study& study,
            const study::WarmupReport& report, const StudyRunFlags& flags) {
  const auto added = study::rates_beyond(study, report);
  if (added.empty()) return false;
  files.append(study::points_of(study, added));
  for (const study::AddedRate& rate : added) {
    if (flags.json) {
      fmt::print("{}\n", io::JsonRecord()
                             .add("type", "extend")
                             .add("optimizer", rate.optimizer)
                             .add("lr", rate.lr)
                             .line());
    } else if (!flags.quiet) {
      fmt::print("{}: the best rate lies at the {} end of the range; {:.3g} is added\n",
                 rate.optimizer, rate.above ? "high" : "low", rate.lr);
    }
  }
  return true;
}

int run(WarmupFlags& flags) {
  const auto [directory, code] = finished_study(flags);
  if (code != 0) return code;
  auto files = study::StudyDirectory::open(directory);
  plan::Study study = study::load_study(directory);
  Answer answer{.report = study::judge_warmup(study), .causes = {}, .best = {}};
  for (int64_t round = 0; round < flags.extend; ++round) {
    if (!extend(files, study, answer.report, flags.run)) break;
    if (const int status = run_study(files, flags.run)) return status;
    study = study::load_study(directory);
    answer.report = study::judge_warmup(study);
  }
  answer.causes = study::warmup_causes(files, study, answer.report);
  answer.best = study::without_warmup(files, answer.report);
  const study::NoWarmup& best = answer.best;
  if (flags.run.json) {
    print_json(answer);
  } else {
    print_text(answer, flags, directory);
  }
  if (!flags.write.empty()) {
    if (best.config.empty())
      throw DataError("--write", "there is no configuration without warmup to write",
                      "see the table");
    write_file_atomic(flags.write, best.config);
  }
  const bool known = std::ranges::any_of(
      answer.report.verdicts,
      [](const study::OptimizerVerdict& v) { return v.need != study::Need::not_established; });
  return known ? kOk.value : kInsufficient.value;
}

}  // namespace

void add_warmup(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("warmup", "does a set-up need learning-rate warmup, and why");
  auto flags = std::make_shared<WarmupFlags>();
  verb->add_option("SOURCE", flags->source,
                   "a preset, a TOML file, or the directory of a finished study")
      ->required();
  verb->add_option("--optimizers", flags->plan.optimizers, "optimizers to compare")
      ->delimiter(',')
      ->capture_default_str();
  verb->add_option("--warmups", flags->plan.warmups, "lengths from short to long, 0 first")
      ->delimiter(',')
      ->capture_default_str();
  verb->add_option("--lr", flags->rates,
                   "range of learning rates, or OPTIMIZER=LOW:HIGH of each, separated by commas")
      ->capture_default_str();
  verb->add_option("--levels", flags->plan.levels, "learning rates in it")->capture_default_str();
  verb->add_option("--seeds", flags->plan.seeds, "seeds of each")->capture_default_str();
  verb->add_option("--measure", flags->plan.measure,
                   "what the runs measure of their updates; `default` alone costs nothing")
      ->capture_default_str();
  verb->add_option("-o,--out", flags->out, "directory of the study; one that is there goes on");
  verb->add_option("--write", flags->write,
                   "write the configuration that needs no warmup to this file");
  verb->add_option("--extend", flags->extend,
                   "most times that a range with its best rate at an end gets a rate beyond")
      ->check(CLI::Range(0, 20))
      ->capture_default_str();
  add_study_run_flags(*verb, flags->run);
  verb->footer(
      "Example:\n  coldstart warmup tiny --warmups 0,5% --lr 1e-3:0.5 --levels 8 --extend 4\n\n"
      "Exit status: 0 a verdict, 4 not enough data for one, else as coldstart study run.");
  verb->callback([flags] {
    if (const int code = run(*flags)) throw CLI::RuntimeError(code);
  });
}

}  // namespace coldstart::app
