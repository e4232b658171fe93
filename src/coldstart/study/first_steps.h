// The first number of training steps by a real sweep: `coldstart steps init CONFIG`.
//
//   1  the configuration without everything that is there to hinder a fit (LS-03): constant rate,
//      no warmup, dropout, smoothing, augmentation, weight decay, curriculum or batch warmup
//   2  N steps a trial: given, or T, 2T, 4T, ... at the middle rate and its neighbours until one
//      fits the training data, at most `cap` (LS-02)
//   3  all rates at N; where the fastest is an end of the list, one more rate, 4 times at most
//      (LS-05, LS-06); the verdict is plan::judge_sweep's
// Every N has a study of its own below the directory, so that what is there is not run again.
// Playbook L1228-1251; design 6.7. Test: tests/study/first_steps_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/plan/lr_sweep.h"
#include "coldstart/study/lr_study.h"

namespace coldstart::study {

// What hinders a fit is off, and what was changed, as "regularize.dropout: 0.1 -> 0".
struct NoiseFree {
  train::RunConfig config;
  std::vector<std::string> changes = {};
};
// warmup: steps, where no rate trains without.
NoiseFree noise_free(const train::RunConfig& config, int64_t warmup = 0);

struct FirstStepsPlan {
  train::RunConfig config;  // as it came: noise_free() is applied here
  plan::FitCriterion fit;
  RateRange rates{3e-5, 3e-2};  // three decades around 1e-3
  int64_t n = 0;                // steps of a trial; 0: found by doubling
  int64_t cap = 0;              // most steps of a trial; 0: 8 times the configuration's
  int64_t seeds = 1;
  int64_t warmup = 0;
};

struct FirstSteps {
  plan::LrSweep sweep = {};
  int64_t n = 0;      // steps of the trials it is from
  int exit_code = 0;  // of a study that did not end; else 0, and the sweep holds
};
// ConfigError for a cap below the first number of steps, and as open_lr_study().
FirstSteps find_first_steps(const std::filesystem::path& directory, const FirstStepsPlan& plan,
                            const RunStudy& run);

}  // namespace coldstart::study
