// --jobs, --json, --quiet and what they do: the same for every verb that runs a study.
// Test: tests/e2e/study_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>

#include "coldstart/study/study_directory.h"

namespace coldstart::app {

struct StudyRunFlags {
  int64_t jobs = 1;
  bool retry_failed = false, json = false, quiet = false;
};

// flags must outlive the parsing.
void add_study_run_flags(CLI::App& verb, StudyRunFlags& flags);

// The exit status; another controller at work is told on stderr.
int run_study(const study::StudyDirectory& study, const StudyRunFlags& flags);

}  // namespace coldstart::app
