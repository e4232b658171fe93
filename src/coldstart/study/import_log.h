// ImportLog: the rows of somebody else's log in, our metrics.jsonl out.
//
// A row is a step and values under the log's own names; rows of one step are joined. What belongs
// to an evaluation (val_loss, val_se, train_probe) becomes one record, everything else another, as
// in the trainer contract:
//   {"step":100,"lr":0.003,"train_loss":4.81,"grad_norm":1.92}
//   {"step":100,"val_loss":4.77,"train_probe":4.79}
// Columns without a meaning for us are kept under their names. A step that goes back is a run that
// was resumed: what it had written from there on is replaced. Numbers are handed through as they
// were written. Source: tuning playbook design, 9.2 and 9.3. Test: tests/study/import_log_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coldstart/schedule/schedule.h"

namespace coldstart::study {

// --map val_loss=eval/loss: ours, theirs. Names that are not mapped mean themselves.
using NameMap = std::vector<std::pair<std::string, std::string>>;

// ConfigError unless each is OURS=THEIRS, with a name of ours and none given twice.
NameMap parse_name_map(const std::vector<std::string>& texts);

// The names that mean something to us; step is the first.
const std::vector<std::string>& known_names();

// How a log is to be read.
struct LogReading {
  NameMap map = {};
  // Steps without a rate get the one of this schedule: that of update k is schedule.lr(k - 1).
  std::optional<schedule::Schedule> schedule = {};
};

struct ImportedLog {
  std::string metrics;  // the lines of metrics.jsonl
  int64_t first_step = 0, last_step = 0;
  int64_t step_records = 0, eval_records = 0;
  std::vector<std::string> names;   // known names that had a value
  std::vector<std::string> others;  // and the columns that were kept without a meaning
  std::vector<std::string> warnings;
};

class ImportLog {
 public:
  ImportLog(LogReading reading, std::string source);

  // The column of a name of theirs; -1 for one that another column stands for.
  int column(std::string_view theirs);
  // Values of one row; `number` is as in JSON, or NaN, Infinity, -Infinity. It is copied.
  void set(int column, std::string_view number);
  // The row is whole. `line` says where, in messages. DataError for a step that is no whole number.
  void end_row(int64_t line);
  // {"event":"resume","from_step":N}: records after N are replaced by what comes.
  void resume(int64_t from_step);

  // DataError when no row had a step, or nothing that means something to us.
  ImportedLog finish();

 private:
  struct Column {
    std::string theirs, ours, key;  // key: `,"ours":`
    bool is_eval = false, known = false, used = false;
  };
  struct Record {
    int64_t step;
    size_t offset;
    bool is_eval;
  };

  int64_t step_of(std::string_view text, int64_t line) const;
  void flush();
  void write(bool is_eval);
  void drop_after(int64_t step);
  std::vector<std::string> column_names() const;

  LogReading reading_;
  std::string source_;
  std::vector<Column> columns_;
  std::vector<std::pair<int, std::string>> row_, pending_;  // values of this row; of this step
  size_t row_size_ = 0, pending_size_ = 0;                  // their strings are used again
  bool has_pending_ = false;
  int64_t pending_step_ = 0, rows_ = 0, rows_without_step_ = 0, steps_back_ = 0, repeats_ = 0;
  std::string text_;
  std::vector<Record> records_;
  std::vector<std::string> warnings_;
};

// W-EVAL-IRREGULAR in words, or empty: more than a tenth of the distances between evaluations (the
// last apart, which ends a run) differ from their median by more than a tenth.
std::string irregular_evals(const std::vector<int64_t>& steps);

}  // namespace coldstart::study
