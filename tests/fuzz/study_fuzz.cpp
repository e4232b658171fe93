// Fuzzes what the planner makes of a study of any curves: steps best, compare, the checklist, the
// curve checks and the sweep. Every verdict has a label and a text without NaN or infinity in it,
// or an Error says what is wrong.
#include <cmath>
#include <span>
#include <string>

#include "coldstart/core/error.h"
#include "coldstart/plan/best_step.h"
#include "coldstart/plan/comparability.h"
#include "coldstart/plan/curve_checks.h"
#include "coldstart/plan/lr_sweep.h"
#include "coldstart/plan/stability.h"
#include "coldstart/plan/study_verdicts.h"

namespace {

void check(const coldstart::plan::Verdict& verdict) {
  COLDSTART_CHECK(!verdict.label.empty() && !verdict.text.empty(), "an empty verdict");
  for (const char* word : {"nan", "inf "})
    COLDSTART_CHECK(verdict.text.find(word) == std::string::npos, "{}", verdict.text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  size_t at = 0;
  const auto byte = [&] { return at < size ? data[at++] : uint8_t{0}; };
  plan::Study study;
  study.name = "fuzz";
  study.metric = "val_loss";
  study.maximised = byte() % 2;
  study.space = {
      {.name = "lr", .role = plan::Role::nuisance, .scale = plan::Scale::log, .lo = 1e-4, .hi = 1}};
  while (at < size && study.trials.size() < 12) {
    plan::Trial trial;
    trial.index = std::ssize(study.trials);
    trial.state = byte() % 8 == 0 ? plan::TrialState::infeasible : plan::TrialState::finished;
    trial.values["lr"] = std::to_string(std::pow(10, -4 + byte() / 64.0));
    trial.vocab = byte();
    const uint8_t count = byte(), width = byte();
    const uint8_t start = byte();
    int64_t step = 0;
    for (int i = 0; i < count && at < size; ++i) {
      step += byte() % 8 == 0 ? byte() : width;
      trial.evals.step.push_back(step);
      const uint8_t value = byte();
      trial.evals.val.push_back(value == 255   ? NAN
                                : value == 254 ? INFINITY
                                               : (start + value) / 16.0 - 4);
      trial.evals.train.push_back(value / 16.0);
      trial.steps.step.push_back(step);
      trial.steps.loss.push_back(value / 20.0);
      trial.steps.lr.push_back(1e-3);
    }
    trial.planned_steps = byte() % 4 == 0 ? 0 : step;
    study.trials.push_back(std::move(trial));
  }
  const auto all = [&](const auto& judge) {
    try {
      judge();
    } catch (const DataError&) {
    } catch (const ConfigError&) {
    }
  };
  all([&] { check(plan::diagnose_best_steps(study).verdict); });
  all([&] { check(plan::curves_verdict(plan::check_curves(study))); });
  all([&] {
    for (const plan::Verdict& verdict : plan::study_verdicts(study)) check(verdict);
  });
  all([&] {
    plan::Study marked = study;
    plan::mark_infeasible(marked);
    if (const auto unstable = plan::unstable_first(marked)) check(*unstable);
  });
  all([&] {
    check(plan::judge_sweep(study.trials, {.fit = plan::parse_fit("train_loss<1")}).verdict);
  });
  if (study.trials.size() > 1)
    all([&] {
      check(plan::compare(study.trials[0], study.trials[1],
                          {.cross_length = true, .maximised = study.maximised}));
    });
  return 0;
}
