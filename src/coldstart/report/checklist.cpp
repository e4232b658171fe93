#include "coldstart/report/checklist.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "coldstart/plan/noise.h"
#include "coldstart/report/results.h"

namespace coldstart::report {

namespace {

constexpr size_t kEnoughEvals = 20;  // EV-03
// The first questions of plan::Checklist ask about many trials: space, points, infeasible ones.
constexpr size_t kOfManyTrials = 3;

Answer answer_of(const plan::ChecklistItem& item) {
  if (item.good) return Answer::good;
  const bool judged = std::ranges::any_of(item.details, [](const plan::Verdict& verdict) {
    return verdict.standing != plan::Standing::insufficient;
  });
  return judged ? Answer::look : Answer::open;
}

Check resolution_check(const plan::Study& study) {
  Check check{Answer::look, "Are there enough evaluations?", "No trial has an evaluation."};
  size_t fewest = SIZE_MAX;
  for (const plan::Trial& trial : study.trials)
    if (trial.state == plan::TrialState::finished && !trial.evals.val.empty())
      fewest = std::min(fewest, trial.evals.size());
  if (fewest == SIZE_MAX) return check;
  if (fewest >= kEnoughEvals) check.answer = Answer::good;
  check.text = fmt::format("{} or more in each trial; verdicts on the best step want {}.", fewest,
                           kEnoughEvals);
  return check;
}

Check noise_check(const plan::Study& study) {
  const plan::Noise noise = plan::study_noise(study);
  const std::vector<size_t> order = ranked(study);
  const double best = order.empty() ? NAN : result_of(study, study.trials[order.front()])->value;
  const plan::Verdict verdict = plan::noise_verdict(noise, best);
  const bool measured = noise.known() && !noise.lower_bound;
  return {measured ? Answer::good : Answer::look,
          "Is the noise between seeds known?",
          verdict.text,
          {verdict}};
}

// TR-01: an experiment that is not on record is a lost one.
Check record_check(const Record& record) {
  Check check{Answer::good, "Is the study on record?",
              "Name, configuration, notes, trials, best checkpoint, source and commands are kept."};
  if (record.missing.empty()) return check;
  check.answer = Answer::look;
  check.text = fmt::format("Missing: {}.", fmt::join(record.missing, "; "));
  return check;
}

}  // namespace

std::vector<Check> checks_of(const Input& input, const plan::Checklist& checklist) {
  std::vector<Check> checks;
  for (size_t i = input.is_run ? kOfManyTrials : 0; i < checklist.items.size(); ++i) {
    const plan::ChecklistItem& item = checklist.items[i];
    checks.push_back({answer_of(item), item.question, item.answer, item.details});
  }
  checks.push_back(resolution_check(input.study));
  checks.push_back(noise_check(input.study));
  if (!input.record.configuration.empty()) checks.push_back(record_check(input.record));
  return checks;
}

std::vector<std::string> caveats(const Input& input, const plan::Checklist& checklist) {
  const plan::Study& study = input.study;
  std::vector<std::string> texts = checklist.caveats;
  std::set<int64_t> lengths, batches;
  for (const plan::Trial& trial : study.trials) {
    if (trial.planned_steps > 0) lengths.insert(trial.planned_steps);
    if (trial.conditions.batch_tokens > 0) batches.insert(trial.conditions.batch_tokens);
  }
  if (lengths.size() == 1) texts.push_back(fmt::format("runs of {} steps", *lengths.begin()));
  if (lengths.size() > 1)
    texts.push_back(fmt::format("runs of {} to {} steps, which are not comparable to each other",
                                *lengths.begin(), *lengths.rbegin()));
  if (study.production_steps > 0 && study.max_steps > 0)
    texts.push_back(fmt::format(
        "{:.3g} % of the production length of {} steps",
        100.0 * static_cast<double>(study.max_steps) / static_cast<double>(study.production_steps),
        study.production_steps));
  for (const int64_t tokens : batches) texts.push_back(fmt::format("batches of {} tokens", tokens));
  for (const plan::Verdict& verdict : input.verdicts)
    for (const std::string& valid : verdict.valid_for)
      if (std::ranges::find(texts, valid) == texts.end()) texts.push_back(valid);
  return texts;
}

}  // namespace coldstart::report
