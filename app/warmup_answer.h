// The answer of `coldstart warmup` as a section of a study's page: the table of optimizers and
// warmups, a verdict for each optimizer, the cause, and what to do. Test:
// tests/e2e/report_test.cpp.
#pragma once

#include <optional>

#include "coldstart/plan/trial.h"
#include "coldstart/report/section.h"
#include "coldstart/study/study_directory.h"

namespace coldstart::app {

// Nothing for a study that does not compare warmups.
std::optional<report::Section> warmup_answer(const study::StudyDirectory& directory,
                                             const plan::Study& study);

}  // namespace coldstart::app
