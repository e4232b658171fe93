// coldstart steps compare A B: may two runs be held against each other, and which is better?
// Test: tests/e2e/steps_best_test.cpp.
#include <memory>

#include "app/noise_flags.h"
#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/plan/comparability.h"
#include "coldstart/plan/objective.h"

namespace coldstart::app {

namespace {

struct CompareFlags {
  RunFlags runs;
  NoiseFlags noise;
  plan::CompareOptions options;
  bool config_only = false, json = false;
};

void compare(const CompareFlags& flags) {
  const plan::Study study = flags.runs.study();
  const std::vector<plan::Trial>& trials = study.trials;
  if (trials.size() != 2)
    throw ConfigError("steps compare", fmt::format("got {} runs, expected 2", trials.size()),
                      "coldstart steps compare runs/a runs/b");
  if (flags.config_only)
    return finish(plan::compare_configurations(trials[0], trials[1]), flags.json);
  plan::CompareOptions options = flags.options;
  options.maximised = study.maximised;
  const int64_t length = plan::trial_length(trials[0]);
  const plan::Noise noise = flags.noise.noise_of(flags.runs.paths, length);
  if (noise.known()) {
    options.sigma = noise.sigma;
    options.sigma_n = noise.n;
  }
  finish(plan::compare(trials[0], trials[1], options), flags.json);
}

}  // namespace

void add_steps_compare(CLI::App& steps) {
  CLI::App* verb =
      steps.add_subcommand("compare", "May two runs be compared, and which is better?");
  auto f = std::make_shared<CompareFlags>();
  f->runs.add_to(*verb);
  verb->add_option("--about", f->options.asked,
                   "what the comparison is about: names of options that may differ")
      ->delimiter(',');
  verb->add_flag("--cross-length", f->options.cross_length, "compare runs of different lengths");
  verb->add_option("--production", f->options.production, "steps of the run all this is for")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--rung-passed", f->options.rung_passed,
                 "the same was found at production length before");
  f->noise.add_to(*verb);
  verb->add_flag("--config-only", f->config_only,
                 "what differs, and whether a number of steps carries over");
  verb->add_flag("--json", f->json, "print one JSON object");
  verb->footer(
      "Example:\n"
      "  coldstart steps compare runs/a runs/b --about schedule");
  verb->callback([f] { compare(*f); });
}

}  // namespace coldstart::app
