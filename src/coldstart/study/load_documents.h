// The losses of documents that a run of the built-in trainer kept (eval/document_log.h), as
// columns of its trial. Test: tests/study/load_documents_test.cpp.
#pragma once

#include <filesystem>

#include "coldstart/plan/trial.h"

namespace coldstart::study {

// Fills trial.evals.docs, an entry an evaluation of the trial (empty where nothing was kept), and
// docs_set. Leaves both empty where the run kept none, or changed its documents on the way.
// DataError that names the line of a damaged file.
void load_documents(const std::filesystem::path& run, plan::Trial& trial);

}  // namespace coldstart::study
