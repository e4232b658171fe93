// coldstart steps adopt RUNS --over BASELINES --note TEXT: is a configuration better than the
// baseline by more than the noise, and worth its complexity? Test: tests/e2e/steps_best_test.cpp.
#include <map>
#include <memory>
#include <set>

#include "app/noise_flags.h"
#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/plan/adopt.h"
#include "coldstart/plan/curve_doubts.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/series.h"

namespace coldstart::app {

namespace {

struct AdoptFlags {
  RunFlags runs;
  std::vector<std::string> baseline;
  NoiseFlags noise;
  plan::Adoption adoption;
  bool json = false;
};

// Results by seed; two runs of one seed, as of CSV files, which hold none, are told apart by order.
using Results = std::multimap<int64_t, double>;

Results results_of(const std::vector<plan::Trial>& trials, int64_t length) {
  Results results;
  for (const plan::Trial& trial : trials) {
    if (plan::trial_length(trial) != length)
      throw ConfigError("steps adopt",
                        fmt::format("{} has {} steps, others have {}", plan::name_of(trial),
                                    plan::trial_length(trial), length),
                        "a configuration is adopted on runs of one length");
    if (const auto doubt = plan::curve_doubt(trial))
      throw DataError(plan::name_of(trial), *doubt, "a result that nobody can stand behind");
    const auto result = plan::objective_of(trial);
    if (trial.feasible() && result) results.emplace(trial.seed, result->value);
  }
  return results;
}

// Both sides ran the same seeds, each once.
bool are_pairs(const Results& a, const Results& b) {
  const auto seeds_of = [](const Results& results) {
    std::set<int64_t> seeds;
    for (const auto& [seed, value] : results) seeds.insert(seed);
    return seeds;
  };
  return seeds_of(a) == seeds_of(b) && seeds_of(a).size() == a.size() && a.size() == b.size();
}

std::vector<double> values_of(const Results& results) {
  std::vector<double> values;
  for (const auto& [seed, value] : results) values.push_back(value);
  return values;
}

void adopt(const AdoptFlags& flags) {
  const auto candidate = flags.runs.load();
  RunFlags over = flags.runs;
  over.paths = flags.baseline;
  const auto baseline = over.load();
  plan::Adoption adoption = flags.adoption;
  const int64_t length = plan::trial_length(candidate.front());
  adoption.candidate = plan::name_of(candidate.front());
  const Results ours = results_of(candidate, length), theirs = results_of(baseline, length);
  adoption.candidate_results = values_of(ours);
  adoption.baseline_results = values_of(theirs);
  adoption.paired = are_pairs(ours, theirs);
  std::vector<std::string> paths = flags.runs.paths;
  paths.insert(paths.end(), flags.baseline.begin(), flags.baseline.end());
  if (const plan::Noise noise = flags.noise.noise_of(paths, length); noise.known()) {
    adoption.sigma = noise.sigma;
    adoption.sigma_n = noise.n;
  }
  for (const plan::Trial& trial : candidate) adoption.intervention |= trial.intervention;
  plan::Verdict verdict = plan::adopt(adoption);
  verdict.valid_for.push_back(fmt::format("T = {} steps", length));
  finish(verdict, flags.json);
}

}  // namespace

void add_steps_adopt(CLI::App& steps) {
  CLI::App* verb =
      steps.add_subcommand("adopt", "Better by more than the noise, and worth its complexity?");
  auto f = std::make_shared<AdoptFlags>();
  f->runs.add_to(*verb);
  verb->add_option("--over", f->baseline, "runs of the baseline")->required();
  verb->add_option("--note", f->adoption.complexity_note,
                   "what it costs to keep this: one sentence")
      ->required();
  f->noise.add_to(*verb);
  verb->add_flag("--json", f->json, "print one JSON object");
  verb->footer(
      "Example:\n"
      "  coldstart steps adopt runs/new_* --over runs/old_* --note \"two lines more\"");
  verb->callback([f] { adopt(*f); });
}

}  // namespace coldstart::app
