// load_study: a study as the planner sees it, from its directory, finished or still running.
//
// Nothing is written: the directories are the record, and a database that is there only saves
// reading them again. Test: tests/study/load_test.cpp.
#pragma once

#include <filesystem>
#include <string>

#include "coldstart/plan/trial.h"

namespace coldstart::study {

// ConfigError when there is no study, or one of a newer version; DataError when its record is
// damaged. Trials come in the order of their index, planned ones without curves. A failed trial
// (one that broke the contract or could not start) is infeasible with the reason crash. The metric
// of a maximised study is negated. sigma is the noise between seeds as the specification states it,
// or as the study's own seeds give it.
plan::Study load_study(const std::filesystem::path& study);

// Everything in a study that is a function of its specification, as JSON lines: equal studies give
// equal bytes, however many jobs ran them, how often they were stopped, and however old their
// database is. No time, no process, no attempt.
std::string canonical_dump(const plan::Study& study);

}  // namespace coldstart::study
