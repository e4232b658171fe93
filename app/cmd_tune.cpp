// coldstart tune TEXT --budget 30m: the whole method in one command. What it does is in
// src/coldstart/tune/autopilot.h. Test: tests/e2e/tune_test.cpp.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/run_tune.h"
#include "coldstart/core/clock.h"

namespace coldstart::app {

namespace {

constexpr const char* kFooter =
    "Example:\n"
    "  coldstart tune my_text.txt --budget 30m\n"
    "  coldstart tune builtin:headers --budget 20Mtok --model tiny --plan-only\n\n"
    "The same command continues what was stopped or killed. DIR then holds model/, report.html,\n"
    "summary.md (every decision, its evidence, cost and caveats, and how to repeat it by hand),\n"
    "journal.jsonl and runs/.\n"
    "Exit status: 0 done, 2 error (also: the budget is too small), 3 another one is at work,\n"
    "5 nothing trains here, 130 Ctrl-C, 143 SIGTERM.";

}  // namespace

void add_tune(CLI::App& app) {
  CLI::App* verb =
      app.add_subcommand("tune", "the best GPT this machine can train on a text in a given time");
  auto flags = std::make_shared<TuneFlags>();
  verb->add_option("TEXT", flags->text,
                   "a text file, a directory of them, builtin:headers or builtin:stories")
      ->required();
  verb->add_option("--budget", flags->budget, "time (30m, 2h), tokens (20Mtok) or FLOPs (3e15flop)")
      ->required();
  verb->add_option("--out", flags->out, "directory of all it makes (default: runs/tune-TEXT)");
  verb->add_option("--model", flags->model,
                   "a preset or TOML file whose model and batch are taken; not given: chosen");
  verb->add_option("--prompt", flags->prompt, "what the sample at the end begins with");
  verb->add_option("--seed", flags->seed, "of weights and data order")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--threads", flags->threads, "CPU threads; 0 = all")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  verb->add_flag("--plan-only", flags->plan_only, "say what it would do, and stop");
  CLI::Option* json = verb->add_flag("--json", flags->json, "print JSON lines");
  verb->add_flag("--quiet", flags->quiet, "print nothing")->excludes(json);
  verb->footer(kFooter);
  verb->callback([flags, started_s = now_s()] {
    if (const int code = run_tune(*flags, started_s)) throw CLI::RuntimeError(code);
  });
}

}  // namespace coldstart::app
