// A log of JSON lines, by whatever program: one object a line, numbers under their names.
//
// Inner objects are named with dots ("eval.loss"). A file without a line end at its end may have
// lost part of its last line, which is then left out. A line {"event":"resume","from_step":N} says
// that what follows replaces the records after step N. Test: tests/study/import_test.cpp.
#pragma once

#include <string_view>

#include "coldstart/study/import_log.h"

namespace coldstart::study {

// source names the text in messages. DataError that names the line.
ImportedLog import_jsonl(std::string_view text, std::string_view source, const LogReading& reading);

}  // namespace coldstart::study
