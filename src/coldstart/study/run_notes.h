// What the small files of a run or a trial say of it: status.json, config.toml, and of a study's
// trial launch.json and result.json. Test: tests/study/run_records_test.cpp.
#pragma once

#include <filesystem>

#include "coldstart/study/run_records.h"

namespace coldstart::study {

// Fills state, values, schedule, length and conditions; leaves what is not there. DataError for a
// damaged file.
void read_run_notes(const std::filesystem::path& run, LoadedTrial& loaded);

}  // namespace coldstart::study
