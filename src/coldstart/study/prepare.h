// What has to be known before the first launch: that every trial can run, and the data they share.
// Test: tests/study/controller_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/study/study_directory.h"
#include "coldstart/study/trial_files.h"
#include "coldstart/study/worker.h"

namespace coldstart::study {

// Of the built-in trainer; empty and 0 otherwise.
struct PreparedTrial {
  std::string data_id = {};
  int64_t unique_tokens = 0, vocab = 0;
  int64_t memory_bytes = 0, disk_bytes = 0;  // what it will take, about
};

// Prepares the data of the given trials once, so that workers find it and do not race for it, and
// resolves every configuration. ConfigError that names the trial which cannot run.
std::vector<PreparedTrial> prepare_trials(const StudyDirectory& study,
                                          const std::vector<int64_t>& trials);

// Writes what the trial's program reads (request.toml of the built-in trainer, config.toml and
// schedule.csv of another), puts the log of an attempt that is begun anew aside, and returns the
// command. program: this one, for the built-in trainer.
Job prepare_attempt(const StudyDirectory& study, const TrialPlan& plan, int64_t attempt,
                    const std::filesystem::path& program, int threads);

}  // namespace coldstart::study
