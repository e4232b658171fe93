// LogReader: metrics.jsonl of a trial, read as it grows, from the built-in trainer or from any
// program that keeps the contract (docs/trainer_contract.md).
//
// Whole lines only: a torn last line waits for its rest. What a record means: metrics_record.h.
// What breaks the contract (no JSON, no step, a step that goes back) is said in `problem`, and ends
// the reading.
// Test: tests/study/log_reader_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "coldstart/study/metrics_record.h"

namespace coldstart::study {

class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void on_eval(const EvalPoint&) = 0;  // a second one of a step replaces the first
  virtual void on_step(const StepPoint&) = 0;
  virtual void on_rewind(int64_t step) = 0;  // what lies above this step is superseded; -1: all
};

// Where the reading stands; kept between calls.
struct LogPosition {
  int64_t offset = 0;  // bytes read, always whole lines
  int64_t lines = 0;
  int64_t last_step = -1;  // of any record
  int64_t evals = 0;
  double last_loss = 0;     // of the last record that has one, metric or batch; 0 before the first
  bool not_finite = false;  // the last metric or batch loss is NaN or infinite
  std::string problem;      // empty: none
};

class LogReader {
 public:
  explicit LogReader(std::string metric) : metric_(std::move(metric)) {}

  // Reads what is new. A file that became shorter is read again from its beginning, after
  // on_rewind(-1). A file that is not there has no lines.
  void read(const std::filesystem::path& file, LogPosition& position, LogSink& sink) const;

 private:
  void line(std::span<const io::FlatEntry> entries, LogPosition& position, LogSink& sink) const;

  std::string metric_;
};

}  // namespace coldstart::study
