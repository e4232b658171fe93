// A log as a CSV file with a header. An empty cell is a value that is not there; so are -, NULL and
// None. Test: tests/study/import_test.cpp.
#pragma once

#include <string_view>

#include "coldstart/study/import_log.h"

namespace coldstart::study {

// DataError that names line and column for a cell of a column with a meaning that is no number
// ("12 ms"); columns without a meaning may hold text, which is left out.
ImportedLog import_csv(std::string_view text, std::string_view source, const LogReading& reading);

}  // namespace coldstart::study
