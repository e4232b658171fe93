// What `coldstart study run` shows: on a terminal a table of the running trials, redrawn in place,
// with the time left for all; lines in pipes and files; JSON lines; or nothing.
// Test: tests/study/console_test.cpp.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "coldstart/study/controller.h"
#include "coldstart/train/console.h"

namespace coldstart::study {

std::unique_ptr<StudyObserver> make_study_console(train::ConsoleMode mode, std::FILE* out);

// "trial 7  finished  best 2.3451 at step 180", for lines and the end of the table.
std::string trial_line(const TrialRow& row);
// The live table: a line for each running trial and one for all; each at most `width` columns.
std::vector<std::string> live_lines(const std::vector<TrialRow>& rows, int64_t max_steps,
                                    double left_s, int width);
// The table of `study status`, with the values of every trial.
std::string status_table(const StudyDirectory& study, const std::vector<TrialRow>& rows);
// One JSON object a line: a record of type "trial" for each, then one of type "study".
std::string status_json(const StudyDirectory& study, const std::vector<TrialRow>& rows);

}  // namespace coldstart::study
