// coldstart steps best RUNS: the step that is picked afterwards in every run, where its plateau
// begins, and what they say about the length of the runs. Test: tests/e2e/steps_best_test.cpp.
#include <fmt/format.h>

#include <memory>

#include "app/noise_flags.h"
#include "app/steps.h"
#include "coldstart/plan/best_step.h"
#include "coldstart/plan/curve_checks.h"
#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/stability.h"

namespace coldstart::app {

namespace {

struct BestFlags {
  RunFlags runs;
  NoiseFlags noise;
  int64_t production = 0;
  bool unstable_too = false, json = false;
};

void best(const BestFlags& flags) {
  plan::Study study = flags.runs.study();
  if (flags.production > 0) study.production_steps = flags.production;
  const plan::Noise measured = flags.noise.noise_of(flags.runs.paths, plan::study_length(study));
  if (measured.known()) {
    study.sigma = measured.sigma;
    study.sigma_n = measured.n;
  }
  plan::mark_infeasible(study);
  if (!flags.unstable_too)
    if (const auto unstable = plan::unstable_first(study)) return finish(*unstable, flags.json);

  plan::BestStepReport report = plan::diagnose_best_steps(study);
  const plan::Noise noise = plan::study_noise(study);
  if (noise.lower_bound) report.verdict.tags.emplace_back("NOISE_LOWER_BOUND");
  const plan::Verdict curves = plan::curves_verdict(plan::check_curves(study));
  for (const std::string& warning : curves.warnings) report.verdict.warnings.push_back(warning);
  if (!flags.json) fmt::print("{}\n", plan::table_of(report, study));
  finish(report.verdict, flags.json);
}

}  // namespace

void add_steps_best(CLI::App& steps) {
  CLI::App* verb = steps.add_subcommand(
      "best", "Best step and plateau of every run: too long, short, or to keep?");
  auto f = std::make_shared<BestFlags>();
  f->runs.add_to(*verb);
  f->noise.add_to(*verb);
  verb->add_option("--production", f->production, "steps of the run all this is for")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--unstable-too", f->unstable_too, "judge the length of unstable runs, too");
  verb->add_flag("--json", f->json, "print one JSON object");
  verb->footer(
      "Example:\n"
      "  coldstart steps best studies/lr --production 72000");
  verb->callback([f] { best(*f); });
}

}  // namespace coldstart::app
