// A verdict as JSON: what every verb prints with --json, and what is kept with a study in
// verdicts/*.json, to stand on its page.
//
// Keys as in plan/verdict.h; an interval is [lo, mid, hi]; a number that is not there is null.
// Test: tests/report/verdict_json_test.cpp.
#pragma once

#include <string>
#include <string_view>

#include "coldstart/plan/verdict.h"

namespace coldstart::report {

std::string verdict_json(const plan::Verdict& verdict);  // one line, without its end
// The same read back; keys that are missing are empty, others are ignored. DataError, which names
// the source, for text that is no JSON object with a label and a text.
plan::Verdict parse_verdict(std::string_view json, std::string_view source);

}  // namespace coldstart::report
