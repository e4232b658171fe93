// Store: trials, their states and curves in an SQLite database, made from the trial directories and
// kept up with them. It is derived: deleted or damaged, it is made anew, to the same content.
//
// One process writes it (controller_lock.h). Whoever only reads takes a snapshot: a copy in memory,
// brought up to date from the directories, that needs neither a database nor the right to write.
// Ingestion reads whole new lines from where it stopped, so doing it twice changes nothing
// (playbook DS-03, DS-04, DS-05). Test: tests/study/load_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "coldstart/plan/trial.h"
#include "coldstart/study/database.h"
#include "coldstart/study/log_reader.h"
#include "coldstart/study/study_directory.h"
#include "coldstart/study/trial_files.h"

namespace coldstart::study {

struct TrialRow {
  int64_t index = 0;
  State state = State::planned;
  plan::Reason reason = plan::Reason::none;
  std::string note;
  int64_t attempt = 0;
  double elapsed_s = 0;  // of the last attempt, once it is over
  LogPosition log;
  std::optional<double> best;  // metric, as recorded
  int64_t best_step = 0;
};

class Store {
 public:
  // The database on disk, for the one writer; DatabaseDamaged when it cannot be read.
  static Store open(const StudyDirectory& study);
  static Store snapshot(const StudyDirectory& study);
  static void remove(const StudyDirectory& study);  // the database, not the record

  // Brings one trial, or all of them, up to the state of its directory.
  const TrialRow& refresh(int64_t index);
  void refresh_all();
  // Several, written as one; then `seen` is told each.
  void refresh(const std::vector<int64_t>& trials,
               const std::function<void(const TrialRow&)>& seen);

  const TrialRow& row(int64_t index) const { return rows_.at(static_cast<size_t>(index)); }
  const std::vector<TrialRow>& rows() const { return rows_; }
  void read_curves(plan::Trial& trial);  // evals and steps, in order; metric as recorded

 private:
  Store(const StudyDirectory& study, Database database);
  void load_rows();
  void ingest(TrialRow& row);
  void write(const TrialRow& row);

  const StudyDirectory* study_;
  Database db_;
  std::vector<TrialRow> rows_;
};

}  // namespace coldstart::study
