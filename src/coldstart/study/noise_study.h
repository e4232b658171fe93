// The noise between seeds of a study: the study behind `coldstart noise` (one configuration with n
// seeds, playbook AD-01), and what any study says of it: as its specification states it, or from
// the seeds of its own points (plan/noise.h). Test: tests/study/noise_study_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/plan/noise.h"
#include "coldstart/study/spec.h"
#include "coldstart/study/store.h"

namespace coldstart::study {

// config: a file or preset of the built-in trainer. ConfigError unless n is 2 to 1000.
Spec noise_spec(const std::string& config, int64_t n);

// Not known when nothing is stated and no point has two finished seeds.
plan::Noise noise_of_rows(const StudyDirectory& study, const std::vector<TrialRow>& rows);

// What a study has measured, for another one. DataError when it has not; ConfigError when it is of
// another metric or length than asked ("" and 0: any), because noise does not carry over.
plan::Noise measured_noise(const std::filesystem::path& study, const std::string& metric,
                           int64_t max_steps);

// "noise between seeds: sigma 0.0061 (4 degrees of freedom)", or that it is not known and what to
// do.
std::string noise_line(const plan::Noise& noise);

}  // namespace coldstart::study
