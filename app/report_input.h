// From the paths of a command line to what a page is drawn from: a run, several runs side by side,
// all runs of a directory, or a study with what it answers and the verdicts that are kept with it.
// Test: tests/e2e/report_test.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/report/input.h"

namespace coldstart::app {

// ConfigError for a path that is none of these, or for a study among other paths. A verb that has
// something to say itself adds it to `answers`, `verdicts` or `commands` before the page is made:
//
//   report::Input input = read_report_input({"runs/a", "runs/b"});
//   input.verdicts = ...;
//   report::write_page(report::make_report(std::move(input)), "report.html");
report::Input read_report_input(const std::vector<std::string>& paths);

// The studies and runs that these paths name: a directory of runs is the runs in it.
std::vector<std::filesystem::path> record_directories(const std::vector<std::string>& paths);

}  // namespace coldstart::app
