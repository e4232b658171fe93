// Diagnosis: which measures of a run left the range that is expected of them, and what that means;
// a sentence with numbers for each cause, the most direct one first.
//
// A pure function of what a run has recorded, so that it can be had again years later. The causes,
// the ends of their ranges, where those come from and the option that addresses each: causes.cpp.
// Test: tests/metrics/diagnosis_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "coldstart/tensor/param.h"

namespace coldstart::metrics {

// What metrics.jsonl holds of one update.
struct RecordedStep {
  int64_t step = 0;
  double lr = 0;
  std::vector<std::pair<std::string, double>> values = {};  // "angular_update/h.0.attn.q.weight"
};

struct DiagnosedRun {
  std::span<const ParamSpec> params;
  double peak_lr = 0;
  double batch = 0;         // an update's, in the samples that snr counts
  bool rotational = false;  // the optimizer sets the angle of matrices itself
  bool rrc_scaled = false;  // updates follow the measured snr already
  bool diverged = false;
};

struct Finding {
  std::string measure;                    // "angular_update"
  std::string where;                      // "layer 0 attention_query"; empty: the whole model
  std::string series;                     // "angular_update/h.0.attn.q.weight", as recorded
  double worst = 0;                       // the measure's own value, farthest outside
  double times = 0;                       // worst over the end of the expected range
  int64_t first_step = 0, last_step = 0;  // measured outside
  std::string sentence;
};

// steps: those to judge, ascending. At most one finding a cause, in the order of causes.cpp.
std::vector<Finding> diagnose(std::span<const RecordedStep> steps, const DiagnosedRun& run);

// Of one measure, recorded under this name ("angular_update/h.0.attn.q.weight"): the value farthest
// towards the end of its expected range, the median of momentum_cancellation, which is judged by
// it. NaN when it was never recorded.
double worst_recorded(std::span<const RecordedStep> steps, const std::string& measure,
                      const std::string& series);

// "layer 0 attention_query", "token_embedding".
std::string place_of(const ParamSpec& param);

// The first two sentences; empty without findings.
std::string diagnosis_text(std::span<const Finding> findings);

// The table of expected ranges for docs/metrics.md.
std::string expected_ranges_table();

}  // namespace coldstart::metrics
