// coldstart train CONFIG: one training run, a continued one (--resume) or a branch (--branch-from).
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/config_flags.h"
#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/metrics/metrics_page.h"
#include "coldstart/train/console.h"
#include "coldstart/train/run.h"
#include "coldstart/train/run_directory.h"

namespace coldstart::app {

namespace {

struct TrainFlags {
  std::string source;  // CONFIG: a TOML file, a preset, or the directory of a run
  bool resume = false, dry_run = false, json = false, quiet = false;
  std::string branch_from;
  double time_limit_s = 0;
  train::RunConfig defaults;
  std::unique_ptr<ConfigFlags> config;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  coldstart train demo --steps 1000\n"
    "  coldstart train tiny --optimizer.name adamw --lr 4e-3 --warmup 5%\n"
    "  coldstart train runs/demo --resume";

constexpr const char* kExitCodes =
    "Exit status: 0 finished, 2 error, 5 diverged, 7 time limit, 130 Ctrl-C, 143 SIGTERM\n"
    "(after the last three the run goes on with --resume).";

train::RunRequest make_request(const TrainFlags& flags) {
  train::RunRequest request{.config = {},
                            .resume = flags.resume,
                            .branch_from = flags.branch_from,
                            .time_limit_s = flags.time_limit_s,
                            .measure_peak = !flags.quiet};
  const bool is_run = train::RunDirectory::holds_run(flags.source);
  if (is_run && !flags.resume) {
    throw ConfigError("command line", fmt::format("'{}' is the directory of a run", flags.source),
                      fmt::format("continue it with: coldstart train {} --resume", flags.source));
  }
  if (is_run) {
    request.config = train::config_of_run(flags.source);
  } else if (!flags.source.empty()) {
    request.config = train::load_config(flags.source);
  } else if (!flags.branch_from.empty()) {
    request.config = train::config_of_checkpoint(checkpoint::find_checkpoint(flags.branch_from));
  }
  flags.config->apply(request.config.fields());
  if (!request.config.train.out.empty()) return request;
  if (flags.resume) {
    throw ConfigError("--resume", "it is not said which run to continue",
                      "coldstart train RUN_DIRECTORY --resume");
  }
  const std::string stem = std::filesystem::path(flags.source).stem().string();
  request.config.train.out =
      train::free_run_directory("runs/" + (stem.empty() ? "run" : stem)).string();
  return request;
}

void print_dry_run(const train::DryRun& dry) {
  train::make_console(train::ConsoleMode::plain, stdout)->on_start(dry.facts);
  for (const std::string& reason : dry.reasons) fmt::print("{}\n", reason);
  fmt::print("\n{}", dry.config_toml);
}

int run(const TrainFlags& flags) {
  const train::RunRequest request = make_request(flags);
  const auto kernels = kernels::make_cpu_kernels();
  if (flags.dry_run) {
    print_dry_run(train::dry_run(request, *kernels));
    return 0;
  }
  const auto console =
      train::make_console(train::console_mode(flags.json, flags.quiet, stdout), stdout);
  return train::run_training(request, *kernels, *console).exit_code();
}

}  // namespace

void add_train(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("train", "train one model");
  auto flags = std::make_shared<TrainFlags>();
  verb->add_option("CONFIG", flags->source,
                   "a preset, a TOML file, or with --resume the directory of a run");
  verb->add_flag("--resume", flags->resume, "continue the run exactly where its checkpoint is");
  verb->add_option("--branch-from", flags->branch_from,
                   "start a new run from this checkpoint (weights, moments, data position)")
      ->excludes("--resume");
  verb->add_option("--time-limit", flags->time_limit_s, "save and stop after so many seconds")
      ->check(CLI::PositiveNumber);
  verb->add_flag("--dry-run", flags->dry_run,
                 "print steps, tokens, FLOPs, memory and the resolved configuration, then stop");
  CLI::Option* json = verb->add_flag("--json", flags->json, "print records as JSON lines");
  verb->add_flag("--quiet", flags->quiet, "print nothing")->excludes(json);
  flags->config = std::make_unique<ConfigFlags>(*verb, flags->defaults.fields());
  verb->footer(
      fmt::format("{}\n\nMeasures on request (--measure default,NAME), and their cost:\n{}\n{}",
                  kExamples, metrics::cost_lines(), kExitCodes));
  verb->callback([flags] {
    if (const int code = run(*flags)) throw CLI::RuntimeError(code);
  });
}

}  // namespace coldstart::app
