// What the verbs of `coldstart steps` share: loading runs, and ending with a verdict.
// Test: tests/e2e/steps_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"
#include "coldstart/study/load_trial.h"

namespace coldstart::app {

// RUNS, and how a CSV among them is read.
struct RunFlags {
  std::vector<std::string> paths;
  study::CsvOptions csv;

  void add_to(CLI::App& verb);
  std::vector<plan::Trial> load() const;
  plan::Study study() const;  // the one that is named, or all that is named as one
};

// Prints the verdict, as text or as one JSON object, and ends the verb with its exit status when
// that is not 0.
void finish(const plan::Verdict& verdict, bool json);

// "3x", of steps that are known, or "72000". ConfigError for anything else.
int64_t parse_target(const std::string& text, int64_t steps);

void add_steps_adopt(CLI::App& steps);
void add_steps_branch(CLI::App& steps);
void add_steps_best(CLI::App& steps);
void add_steps_compare(CLI::App& steps);
void add_steps_predict(CLI::App& steps);
void add_steps_classify(CLI::App& steps);
void add_steps_extend(CLI::App& steps);
void add_steps_plan(CLI::App& steps);
void add_steps_rungs(CLI::App& steps);
void add_steps_init(CLI::App& steps);
void add_steps_calibrate(CLI::App& steps);

}  // namespace coldstart::app
