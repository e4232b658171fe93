// What the measures of a run say about how it went: the records of the early phase, and of a
// diverged run those before its end, handed to metrics/diagnosis.h.
//
// The early phase, where warmup acts, is the first tenth of the run, but 50 steps at least; as many
// count as "before the end". Test: tests/train/diagnose_test.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/metrics/diagnosis.h"
#include "coldstart/train/config.h"
#include "coldstart/train/outcome.h"

namespace coldstart::train {

struct Diagnosis {
  std::string text = {};              // a sentence or two; empty when nothing is out of range
  std::vector<std::string> all = {};  // a sentence a finding, those of `text` included
  std::vector<metrics::Finding> findings = {};
  std::vector<metrics::RecordedStep> steps = {};  // that were judged
};

// metrics_file: metrics.jsonl of the run; last_step: where it ended.
Diagnosis diagnose_run(const ResolvedConfig& config, const std::filesystem::path& metrics_file,
                       int64_t last_step, bool diverged);

// summary.txt: how the run ended, then every finding on a line of its own.
std::string summary_text(const RunResult& result, int64_t total_steps, const Diagnosis& diagnosis);

}  // namespace coldstart::train
