// Runs the trials of a study of the built-in trainer in this process, for tests of what is made of
// studies.
#pragma once

#include "coldstart/study/built_in.h"
#include "coldstart/study/trial_files.h"
#include "coldstart/train/run.h"
#include "tests/study/small_study.h"

namespace coldstart::study {

// What is left of a study, in order; 0.
inline int run_in_process(const StudyDirectory& study) {
  const auto kernels = kernels::make_cpu_kernels();
  train::RunObserver nobody;
  for (int64_t i = 0; i < study.trials(); ++i) {
    const auto trial = study.trial(i);
    if (std::filesystem::exists(trial / "config.toml")) continue;
    const TrialPlan plan = study.plan(i);
    train::RunConfig config = trial_config(study.spec(), *study.base(), plan.values, plan.seed);
    config.train.out = trial.string();
    launch_by_hand(study, i);
    const auto result =
        train::run_training({.config = config, .branch_from = {}}, *kernels, nobody);
    const bool good = result.outcome == train::Outcome::finished;
    finish_by_hand(trial, 1, good ? State::finished : State::infeasible,
                   good ? plan::Reason::none : plan::Reason::diverged);
  }
  return 0;
}

}  // namespace coldstart::study
