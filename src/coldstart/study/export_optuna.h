// A study for Bayesian optimisation elsewhere: its space and trials in the terms of Optuna, the
// infeasible ones marked (playbook AX-01: exploration first, then exploitation). docs/studies.md
// has the lines of Python that read it. Test: tests/study/export_optuna_test.cpp.
#pragma once

#include <string>

#include "coldstart/study/store.h"
#include "coldstart/study/study_directory.h"

namespace coldstart::study {

// One JSON object: direction, and a trial a point and seed with state (COMPLETE, FAIL, RUNNING,
// WAITING), value (the best of the metric, as recorded), params, distributions as Optuna writes
// them, and the seed, the state and the reason as user attributes.
std::string optuna_json(const StudyDirectory& study, const std::vector<TrialRow>& rows);

}  // namespace coldstart::study
