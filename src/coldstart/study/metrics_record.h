// One record of a metrics.jsonl, of the built-in trainer (records with a type, docs/formats.md) or
// of any program that keeps the trainer contract (docs/trainer_contract.md), understood once for
// all who read them. Tests: tests/study/log_reader_test.cpp, tests/study/run_records_test.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "coldstart/io/flat_json.h"

namespace coldstart::study {

// A value that the record does not have is NaN.
struct EvalPoint {
  int64_t step = 0;
  double val = NAN, val_se = NAN, train = NAN;
};
struct StepPoint {
  int64_t step = 0;
  double loss = NAN, lr = NAN, grad_norm = NAN, clipped = NAN;
};

enum class RecordKind : uint8_t {
  values,   // of an evaluation, of an optimizer step, of both, or of nothing that is known
  resume,   // {"event":"resume","from_step":r}: what lies above r is superseded
  measures  // of the updates: measure/place
};

struct MetricsRecord {
  RecordKind kind = RecordKind::values;
  std::optional<int64_t> step;  // a whole number, 0 or more; of a resume from_step
  bool is_eval = false;         // it has the metric
  bool is_step = false;         // it has a batch loss, a rate, a norm or a mark of clipping
  bool has_loss = false;        // a batch loss
  bool has_probe = false;       // the loss of a sample of the training data
  EvalPoint eval = {};
  StepPoint point = {};
};

MetricsRecord record_of(std::span<const io::FlatEntry> entries, std::string_view metric);

}  // namespace coldstart::study
