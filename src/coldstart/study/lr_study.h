// A study of nothing but the learning rate: a list of rates that grows while what comes in says
// that its ends were too narrow, for `steps init` and `stability sweep`.
//
// It is opened again by whoever asks for it again; rates that are there are not run twice.
// Test: tests/study/lr_study_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/study/study_directory.h"
#include "coldstart/train/config.h"

namespace coldstart::study {

// Runs what is left of a study; 0 when it is done, else the exit status to end with.
using RunStudy = std::function<int(const StudyDirectory&)>;

inline constexpr double kRateRatio = 3.1622776601683795;  // between neighbours; ours

// "1e-4:3e-2"; ConfigError unless LOW < HIGH, both above 0.
struct RateRange {
  double lo = 0, hi = 0;
};
RateRange parse_rates(std::string_view text);
// lo, lo ratio, ... up to hi, as a person would write them: six digits.
std::vector<double> rates_in(const RateRange& range, double ratio = kRateRatio);

// The number of steps of a configuration. ConfigError when it is given as an amount of data.
int64_t steps_of(const train::RunConfig& config);

struct LrStudy {
  std::string goal;
  train::RunConfig base;  // its paths are seen from the working directory
  int64_t steps = 0;      // of each trial
  std::vector<double> rates = {};
  int64_t seeds = 1;
};
// Makes the study, or opens the one that is there and adds the rates that it lacks. ConfigError
// when it has another length or another base configuration.
StudyDirectory open_lr_study(const std::filesystem::path& directory, const LrStudy& wanted);
std::vector<double> rates_of(const StudyDirectory& study);

}  // namespace coldstart::study
