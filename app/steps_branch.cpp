// coldstart steps branch RUN --from 800 --steps 200: a cooldown from a checkpoint of a trunk, run.
#include <fmt/format.h>

#include <filesystem>

#include "app/probe_flags.h"
#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/plan/cooled.h"
#include "coldstart/study/cooled_branch.h"
#include "coldstart/study/load_trial.h"
#include "coldstart/study/probe.h"
#include "coldstart/train/console.h"
#include "coldstart/train/run.h"
#include "coldstart/train/run_directory.h"

namespace coldstart::app {

namespace fs = std::filesystem;

namespace {

struct BranchFlags {
  std::string run, out, shape = "linear";
  int64_t from = 0;
  study::Cooldown cooldown;
  bool json = false;
};

// "runs/a" -> "runs/a-800-cooled-200"
fs::path default_directory(const BranchFlags& f, int64_t from) {
  fs::path run = fs::path(f.run).lexically_normal();
  if (!run.has_filename()) run = run.parent_path();
  run += fmt::format("-{}-cooled-{}", from, f.cooldown.steps);
  return run;
}

void branch(BranchFlags& f) {
  const auto shape = parse_enum<schedule::DecayShape>(f.shape);
  if (!shape)
    throw ConfigError("--cooldown", fmt::format("got '{}'", f.shape),
                      "expected linear, cosine, 1-sqrt, power or exponential");
  f.cooldown.shape = *shape;
  if (!train::RunDirectory::holds_run(f.run))
    throw ConfigError("steps branch", fmt::format("'{}' holds no run", f.run),
                      "give the directory that coldstart train wrote");
  const study::BranchPoint point = study::branch_point(f.run, f.from);
  if (point.step != f.from && !f.json)
    fmt::print("from step {}, the checkpoint that is nearest to {}\n", point.step, f.from);
  const study::Probe probe{
      .label = fmt::format("{} from step {}, {} cooldown of {} steps", f.run, point.step, f.shape,
                           f.cooldown.steps),
      .directory = f.out.empty() ? default_directory(f, point.step) : fs::path(f.out),
      .config = study::cooled_config(train::config_of_run(f.run), point.step, f.cooldown),
      .branch_from = point.checkpoint};
  const auto kernels = kernels::make_cpu_kernels();
  const auto console = train::make_console(train::console_mode(false, f.json, stdout), stdout);
  const study::ProbeEnd end = study::run_probe(probe, *kernels, *console);
  if (end.signal != 0) stopped_by(end.signal);
  finish(plan::judge_cooldown(study::load_run(f.run), end.trial, point.step), f.json);
}

}  // namespace

void add_steps_branch(CLI::App& steps) {
  CLI::App* verb =
      steps.add_subcommand("branch", "Cool down from a checkpoint of a run, and run that");
  auto f = std::make_shared<BranchFlags>();
  verb->add_option("RUN", f->run, "directory of a run with a constant rate, the trunk")->required();
  verb->add_option("--from", f->from, "step of the checkpoint to leave it at (the nearest one)")
      ->required()
      ->check(CLI::PositiveNumber);
  verb->add_option("--steps", f->cooldown.steps, "length of the cooldown")
      ->required()
      ->check(CLI::PositiveNumber);
  verb->add_option("--cooldown", f->shape,
                   "its shape: linear, cosine, 1-sqrt, power, exponential [linear]");
  verb->add_option("--final-ratio", f->cooldown.final_ratio, "final rate / peak rate [0]")
      ->check(CLI::Range(0.0, 1.0));
  verb->add_option("-o,--out", f->out, "directory of the branch; default: RUN-FROM-cooled-STEPS");
  verb->add_flag("--json", f->json, "print one JSON object and no progress");
  verb->footer(
      "Examples:\n"
      "  coldstart train tiny --shape constant --trunk_at 100,150 --out runs/trunk\n"
      "  coldstart steps branch runs/trunk --from 100 --steps 50 --cooldown 1-sqrt\n"
      "After Ctrl-C the same command goes on.");
  verb->callback([f] { branch(*f); });
}

}  // namespace coldstart::app
