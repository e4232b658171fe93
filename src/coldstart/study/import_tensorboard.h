// The scalars of TensorBoard event files as one run: a file, or a directory with all files below it
// (programs that write train/ and eval/ apart, and runs that were resumed into a new file).
//
// Files are read in the order of their first event. Within a tag, a step that goes back replaces
// what stood there from that step on, as TensorBoard shows it. Tags are joined by step.
// Test: tests/study/import_test.cpp.
#pragma once

#include <filesystem>

#include "coldstart/study/import_log.h"

namespace coldstart::study {

// DataError when there is no event file or one is damaged; a last record that is cut off is left
// out, with a warning.
ImportedLog import_tensorboard(const std::filesystem::path& path, const LogReading& reading);

}  // namespace coldstart::study
