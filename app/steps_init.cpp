// coldstart steps init CONFIG|RUNS --fit 'train_loss<0.05': the first max_train_steps, from a sweep
// over constant rates that is run here, or from one that was recorded.
#include <fmt/format.h>

#include <filesystem>

#include "app/probe_flags.h"
#include "app/run_study.h"
#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/plan/lr_sweep.h"
#include "coldstart/study/first_steps.h"
#include "coldstart/train/presets.h"

namespace coldstart::app {

namespace fs = std::filesystem;

namespace {

struct InitFlags {
  RunFlags runs;
  std::string fit, rates = "3e-5:3e-2", out;
  std::vector<std::string> set;
  study::FirstStepsPlan plan;
  StudyRunFlags run;
  int extensions = 0;
};

// A configuration is to be run; anything else has been.
bool names_config(const std::vector<std::string>& paths) {
  return paths.size() == 1 && !fs::is_directory(paths[0]) &&
         (paths[0].ends_with(".toml") || train::find_preset(paths[0]) != nullptr);
}

plan::Verdict sweep_of(InitFlags& f) {
  const std::string& config = f.runs.paths[0];
  f.plan.config = train::load_config(config);
  set_values(f.plan.config, f.set);
  f.plan.rates = study::parse_rates(f.rates);
  if (!f.run.json && !f.run.quiet)
    for (const std::string& change : study::noise_free(f.plan.config, f.plan.warmup).changes)
      fmt::print("for the sweep  {}\n", change);
  const fs::path directory = f.out.empty() ? fs::path(config).stem().string() + "-init" : f.out;
  const study::FirstSteps found = study::find_first_steps(
      directory, f.plan,
      [&](const study::StudyDirectory& study) { return run_study(study, f.run); });
  if (found.exit_code != 0) throw CLI::RuntimeError(found.exit_code);
  return found.sweep.verdict;
}

void init(InitFlags& f) {
  f.plan.fit = plan::parse_fit(f.fit);
  if (names_config(f.runs.paths)) {
    finish(sweep_of(f), f.run.json);
    return;
  }
  const std::vector<plan::Trial> trials = f.runs.load();
  finish(plan::judge_sweep(trials, {.fit = f.plan.fit, .extensions = f.extensions}).verdict,
         f.run.json);
}

}  // namespace

void add_steps_init(CLI::App& steps) {
  CLI::App* verb =
      steps.add_subcommand("init", "The first max_train_steps, from a sweep over constant rates");
  auto f = std::make_shared<InitFlags>();
  f->runs.add_to(*verb);
  verb->get_option("RUNS")->description("a preset or TOML to sweep; or the runs of a sweep");
  verb->add_option("--fit", f->fit, "when the data count as fitted: train_loss<0.05")->required();
  verb->add_option("--lr", f->rates, "range of learning rates [3e-5:3e-2]");
  verb->add_option("--n", f->plan.n, "steps of a trial; default: found by doubling")
      ->check(CLI::PositiveNumber);
  verb->add_option("--cap", f->plan.cap, "most steps of a trial; default: 8 x those of CONFIG")
      ->check(CLI::PositiveNumber);
  verb->add_option("--seeds", f->plan.seeds, "seeds of each rate [1]")->check(CLI::Range(1, 100));
  verb->add_option("--warmup", f->plan.warmup, "steps of warmup, where no rate trains without")
      ->check(CLI::NonNegativeNumber);
  add_set_option(*verb, f->set);
  verb->add_option("-o,--out", f->out, "directory of the studies; what is there goes on");
  verb->add_option("--extensions", f->extensions,
                   "of a recorded sweep: how often its grid has been extended already")
      ->check(CLI::Range(0, 100))
      ->group("[records]");
  add_study_run_flags(*verb, f->run);
  verb->footer(
      "Examples:\n"
      "  coldstart steps init tiny --fit 'train_loss<1.5' --lr 1e-3:1e-1 --cap 800\n"
      "  coldstart steps init runs/lr_* --fit 'train_loss<0.05'");
  verb->callback([f] { init(*f); });
}

}  // namespace coldstart::app
