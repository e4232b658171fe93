// coldstart steps classify RUNS: limited by compute, saturated, or overfitting?
#include <fmt/format.h>

#include "app/noise_flags.h"
#include "app/steps.h"
#include "coldstart/plan/classify.h"
#include "coldstart/plan/first_config.h"
#include "coldstart/plan/objective.h"

namespace coldstart::app {

namespace {

struct ClassifyFlags {
  RunFlags runs;
  NoiseFlags noise;
  double fit_loss = 0;
  int64_t unique_tokens = 0, batch_tokens = 0;
  bool each = false, json = false;
};

void classify(const ClassifyFlags& f) {
  plan::Study study;
  study.trials = f.runs.load();
  const plan::Noise noise = f.noise.noise_of(f.runs.paths, plan::study_length(study));
  const double sigma = noise.known() ? noise.sigma : 0;
  plan::ClassifyOptions options{.sigma = sigma};
  if (f.fit_loss > 0) options.fit_loss = f.fit_loss;
  std::vector<plan::TrialFindings> findings;
  for (plan::Trial& trial : study.trials) {
    if (f.unique_tokens > 0) trial.unique_tokens = f.unique_tokens;
    if (f.batch_tokens > 0) trial.conditions.batch_tokens = f.batch_tokens;
    findings.push_back(plan::findings_of(trial, sigma));
  }
  const plan::StudyClass result = plan::classify_study(study, findings, options);
  if (f.each && !f.json) {
    for (size_t i = 0; i < result.trials.size(); ++i)
      fmt::print("{}\n", plan::text_of(plan::to_verdict(result.classes[i],
                                                        study.trials[result.trials[i]].name)));
  }
  plan::Verdict verdict = result.verdict;
  if (sigma == 0) verdict.tags.emplace_back("NOISE_LOWER_BOUND");
  for (const size_t judged : result.trials)
    if (auto warning = plan::hardly_better_than_chance(study.trials[judged]))
      verdict.warnings.push_back(std::move(*warning));
  finish(verdict, f.json);
}

}  // namespace

void add_steps_classify(CLI::App& steps) {
  CLI::App* verb = steps.add_subcommand(
      "classify", "Compute-bound, saturated or overfitting? With the cheapest test");
  auto f = std::make_shared<ClassifyFlags>();
  f->runs.add_to(*verb);
  f->noise.add_to(*verb);
  verb->add_option("--fit-loss", f->fit_loss,
                   "training loss at which the training data count as fitted")
      ->check(CLI::PositiveNumber);
  verb->add_option("--unique-tokens", f->unique_tokens, "tokens in the training data")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--batch-tokens", f->batch_tokens, "tokens an optimizer step sees")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--each", f->each, "the verdict on each of the best trials, too");
  verb->add_flag("--json", f->json, "print one JSON object");
  verb->footer(
      "Example:\n"
      "  coldstart steps classify runs/a");
  verb->callback([f] { classify(*f); });
}

}  // namespace coldstart::app
