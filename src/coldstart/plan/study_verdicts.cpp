#include "coldstart/plan/study_verdicts.h"

#include <cmath>
#include <map>
#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/plan/adopt.h"
#include "coldstart/plan/best_step.h"
#include "coldstart/plan/classify.h"
#include "coldstart/plan/isolation.h"
#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/stability.h"

namespace coldstart::plan {

namespace {

bool stands_out(const Verdict& verdict) {
  return verdict.label != "KEEP" && verdict.label != "INSUFFICIENT";
}

// How often each choice was drawn; a number's place in its range is even by the sampler's nature.
Verdict evenness(const Study& study, const HParam& hparam) {
  std::map<std::string, int64_t> counts;
  for (const std::string& choice : hparam.choices) counts[choice] = 0;
  for (const Trial& trial : study.trials) {
    const auto value = trial.values.find(hparam.name);
    if (value != trial.values.end()) ++counts[value->second];
  }
  std::vector<int64_t> numbers;
  for (const auto& [choice, count] : counts) numbers.push_back(count);
  return uniform_verdict(hparam.name, numbers);
}

Verdict unreadable(const char* rule, const Error& error) {
  return {.rule = rule,
          .label = "INSUFFICIENT",
          .text = error.what(),
          .standing = Standing::insufficient};
}

// What `ask` returns, or that its rule cannot read the records.
template <class Ask>
Verdict answer_of(const char* rule, Ask ask) {
  try {
    return ask();
  } catch (const Error& error) {
    return unreadable(rule, error);
  }
}

Verdict workload_of(const Study& study, double sigma) {
  std::vector<TrialFindings> findings;
  for (const Trial& trial : study.trials) findings.push_back(findings_of(trial, sigma));
  StudyClass found = classify_study(study, findings, {.sigma = sigma});
  const bool alone = study.trials.size() == 1 && found.classes.size() == 1;
  return alone ? to_verdict(found.classes[0], study.trials[0].name) : std::move(found.verdict);
}

class Conclusions {
 public:
  Conclusions(const Study& study, const Noise& noise, std::vector<Verdict>& verdicts)
      : study_(study),
        noise_(noise),
        sigma_(noise.known() ? noise.sigma : 0),
        verdicts_(verdicts) {}

  void isolate_all() {
    for (const HParam& hparam : study_.space) {
      // One that exists under one parent only is another one under each: it is not isolated.
      if (hparam.role != Role::scientific || !hparam.parent.empty()) continue;
      add("IS-01", [&] { return isolate(study_, hparam, sigma_).verdict; });
      if (hparam.scale != Scale::choice) continue;
      if (Verdict even = evenness(study_, hparam); !even.warnings.empty())
        verdicts_.push_back(std::move(even));
    }
  }
  void length_and_limit() {
    add("TD-12", [&] { return diagnose_best_steps(study_).verdict; });
    add("TD-01", [&] { return workload_of(study_, sigma_); });
  }
  void variation() {
    std::vector<double> results;
    for (const Ranked& ranked : ranked_trials(study_)) results.push_back(ranked.value);
    verdicts_.push_back(variation_verdict(std::move(results), sigma_));
  }

 private:
  // With the tags that say what the noise is known by.
  template <class Ask>
  void add(const char* rule, Ask ask) {
    verdicts_.push_back(answer_of(rule, ask));
    if (noise_.lower_bound) verdicts_.back().tags.emplace_back("NOISE_LOWER_BOUND");
    if (!noise_.known()) verdicts_.back().tags.emplace_back("noise unknown");
  }

  const Study& study_;
  const Noise& noise_;
  double sigma_;
  std::vector<Verdict>& verdicts_;
};

void judge(const Study& study, StudyVerdicts& result) {
  result.checklist = run_checklist(study);
  result.curves = check_curves(study);
  std::vector<Verdict>& verdicts = result.verdicts;
  const Noise noise = study_noise(study);
  Conclusions conclusions(study, noise, verdicts);
  const bool may_conclude = result.checklist.may_conclude, unstable = !!unstable_first(study);
  if (study.trials.size() == 1 && may_conclude && !unstable) return conclusions.length_and_limit();
  verdicts.push_back(result.checklist.verdict);
  for (const ChecklistItem& item : result.checklist.items)
    for (const Verdict& detail : item.details)
      if (stands_out(detail)) verdicts.push_back(detail);
  const auto ranked = ranked_trials(study);
  verdicts.push_back(noise_verdict(noise, ranked.empty() ? NAN : ranked.front().value));
  if (!may_conclude) return;
  conclusions.isolate_all();
  if (!unstable) conclusions.length_and_limit();
  conclusions.variation();
}

}  // namespace

StudyVerdicts study_verdicts(const Study& study) {
  StudyVerdicts result;
  try {
    judge(study, result);
  } catch (const Error& error) {
    result = {};
    result.checklist.verdict = unreadable("SD-10", error);
    result.verdicts = {result.checklist.verdict};
  }
  return result;
}

}  // namespace coldstart::plan
