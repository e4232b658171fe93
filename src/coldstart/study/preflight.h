// What a study needs of the machine, looked at before the first launch, because after a night of
// trials that all failed it is too late: a program that is there, disk for what the trials leave,
// memory for as many at a time as are asked for.
//
// Whether every configuration resolves and the data are there, prepare.h finds out.
// Test: tests/study/preflight_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "coldstart/study/prepare.h"
#include "coldstart/study/store.h"

namespace coldstart::study {

// ConfigError unless the program of a command is found, as a shell finds it, and may be started;
// and the same of the files in the words after it, up to the first option or placeholder
// (`python3 /home/me/train.py --lr {lr}`).
void require_program(const std::vector<std::string>& command);

// ResourceError when the `jobs` largest trials together need more than is available (0: not known),
// with the number of jobs that would fit.
void require_memory(std::vector<int64_t> trial_bytes, int64_t jobs, int64_t available);

// ResourceError when the trials that are left need more than is free.
void require_disk(const std::filesystem::path& directory, int64_t trials, double bytes,
                  double free_bytes);

// All of them, for the trials that are left. What the trials of an external program will take is
// taken from those that are over.
void preflight(const StudyDirectory& study, const std::vector<TrialRow>& rows,
               const std::vector<PreparedTrial>& left, int64_t jobs);

}  // namespace coldstart::study
