#include "coldstart/study/store.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kSchema = 1;

constexpr const char* kTables = R"(
CREATE TABLE IF NOT EXISTS study (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trial (
  trial INTEGER PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL,
  attempt INTEGER NOT NULL, elapsed_s REAL, best REAL, best_step INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS value (
  trial INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (trial, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS eval (
  trial INTEGER NOT NULL, step INTEGER NOT NULL, val REAL, val_se REAL, train REAL,
  PRIMARY KEY (trial, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS step (
  trial INTEGER NOT NULL, step INTEGER NOT NULL, loss REAL, lr REAL, grad_norm REAL, clipped REAL,
  PRIMARY KEY (trial, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ingest (
  trial INTEGER PRIMARY KEY, offset INTEGER NOT NULL, lines INTEGER NOT NULL,
  last_step INTEGER NOT NULL, evals INTEGER NOT NULL, last_loss REAL, not_finite INTEGER NOT NULL,
  problem TEXT NOT NULL);
)";

// Writes what a log says into the tables of one trial.
class Tables : public LogSink {
 public:
  Tables(Database& db, int64_t trial)
      : trial_(trial),
        eval_(db.prepare("INSERT OR REPLACE INTO eval VALUES (?, ?, ?, ?, ?)")),
        step_(db.prepare("INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?, ?, ?)")),
        drop_evals_(db.prepare("DELETE FROM eval WHERE trial = ? AND step > ?")),
        drop_steps_(db.prepare("DELETE FROM step WHERE trial = ? AND step > ?")) {}

  void on_eval(const EvalPoint& p) override {
    eval_.bind(1, trial_).bind(2, p.step).bind(3, p.val).bind(4, p.val_se).bind(5, p.train).run();
  }
  void on_step(const StepPoint& p) override {
    step_.bind(1, trial_).bind(2, p.step).bind(3, p.loss).bind(4, p.lr).bind(5, p.grad_norm);
    step_.bind(6, p.clipped).run();
  }
  void on_rewind(int64_t step) override {
    drop_evals_.bind(1, trial_).bind(2, step).run();
    drop_steps_.bind(1, trial_).bind(2, step).run();
  }

 private:
  int64_t trial_;
  Statement eval_, step_, drop_evals_, drop_steps_;
};

template <class E>
E enum_of(const std::string& text) {
  const auto value = parse_enum<E>(text);
  if (!value)
    throw DatabaseDamaged("study.db", fmt::format("it holds the word '{}'", text),
                          "make it anew from the trial directories: coldstart study rebuild");
  return *value;
}

// A column of which nothing was recorded is empty.
void drop_if_missing(std::vector<double>& column) {
  for (const double value : column)
    if (!std::isnan(value)) return;
  column.clear();
}

}  // namespace

Store::Store(const StudyDirectory& study, Database database)
    : study_(&study), db_(std::move(database)) {
  Transaction transaction(db_);
  db_.run(kTables);
  const auto known = [&](const char* key, const std::string& value) {
    Statement find = db_.prepare("SELECT value FROM study WHERE key = ?");
    find.bind(1, std::string(key));
    return find.step() && find.text(0) == value;
  };
  // Of another layout, or of another metric: everything is read again.
  const std::string schema = fmt::format("{}", kSchema);
  if (!known("schema", schema) || !known("metric", study.spec().metric)) {
    for (const char* table : {"study", "trial", "value", "eval", "step", "ingest"})
      db_.run(fmt::format("DROP TABLE {}", table).c_str());
    db_.run(kTables);
    Statement add = db_.prepare("INSERT INTO study VALUES (?, ?)");
    add.bind(1, std::string("schema")).bind(2, schema).run();
    add.bind(1, std::string("metric")).bind(2, study.spec().metric).run();
    add.bind(1, std::string("goal")).bind(2, study.spec().goal).run();
  }
  transaction.commit();
  load_rows();
}

Store Store::open(const StudyDirectory& study) {
  Database database = Database::open(study.database());
  Statement check = database.prepare("PRAGMA quick_check");
  if (!check.step() || check.text(0) != "ok")
    throw DatabaseDamaged("study.db",
                          fmt::format("'{}': {}", study.database().string(), check.text(0)),
                          "make it anew from the trial directories: coldstart study rebuild");
  check.run();
  return Store(study, std::move(database));
}

Store Store::snapshot(const StudyDirectory& study) {
  // The directories say it all; the database only saves reading them again. So whatever is wrong
  // with it (no right to read, damaged, held by another program) costs time and nothing else.
  if (std::error_code ignored; fs::exists(study.database(), ignored)) {
    try {
      Store store(study, Database::copy_of(study.database()));
      store.refresh_all();
      return store;
    } catch (const ResourceError&) {  // NOLINT(bugprone-empty-catch)
    }
  }
  Store store(study, Database::in_memory());
  store.refresh_all();
  return store;
}

void Store::remove(const StudyDirectory& study) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::path file = study.database();
    file += suffix;
    std::error_code ignored;
    fs::remove(file, ignored);
  }
}

void Store::load_rows() {
  rows_.assign(static_cast<size_t>(study_->trials()), {});
  for (size_t i = 0; i < rows_.size(); ++i) rows_[i].index = static_cast<int64_t>(i);
  Statement trials = db_.prepare(
      "SELECT trial, state, reason, note, attempt, elapsed_s, best, best_step, offset, lines, "
      "last_step, "
      "evals, last_loss, not_finite, problem FROM trial JOIN ingest USING (trial)");
  while (trials.step()) {
    const int64_t index = trials.integer(0);
    if (index < 0 || index >= std::ssize(rows_)) continue;
    TrialRow& row = rows_[static_cast<size_t>(index)];
    row.state = enum_of<State>(trials.text(1));
    row.reason = enum_of<plan::Reason>(trials.text(2));
    row.note = trials.text(3);
    row.attempt = trials.integer(4);
    row.elapsed_s = trials.number(5);
    if (const double best = trials.number(6); !std::isnan(best)) row.best = best;
    row.best_step = trials.integer(7);
    row.log = {.offset = trials.integer(8),
               .lines = trials.integer(9),
               .last_step = trials.integer(10),
               .evals = trials.integer(11),
               .last_loss = trials.number(12),
               .not_finite = trials.integer(13) != 0,
               .problem = trials.text(14)};
  }
}

void Store::refresh_all() {
  if (const int64_t highest = highest_trial(study_->path()); highest >= study_->trials())
    throw DataError("study",
                    fmt::format("'{}' is not in the study, which has {} trials",
                                study_->trial(highest).string(), study_->trials()),
                    "put back the study.toml that it was run with");
  Transaction transaction(db_);
  for (int64_t i = 0; i < study_->trials(); ++i) refresh(i);
  transaction.commit();
}

void Store::refresh(const std::vector<int64_t>& trials,
                    const std::function<void(const TrialRow&)>& seen) {
  Transaction transaction(db_);
  for (const int64_t index : trials) refresh(index);
  transaction.commit();
  for (const int64_t index : trials) seen(row(index));
}

const TrialRow& Store::refresh(int64_t index) {
  TrialRow& row = rows_.at(static_cast<size_t>(index));
  const TrialFiles files = read_trial(study_->trial(index), index);
  TrialRow now = row;
  now.state = files.state;
  now.reason = files.result ? files.result->reason : plan::Reason::none;
  now.note = files.result ? files.result->note : "";
  now.elapsed_s = files.result ? files.result->elapsed_s : 0;
  now.attempt = files.launch ? files.launch->attempt : 0;
  if (now.attempt != row.attempt) {  // its log may have been begun anew
    Tables(db_, index).on_rewind(-1);
    now.log = {};
  }
  const int64_t offset = now.log.offset;
  if (files.launch) ingest(now);
  const bool same = now.state == row.state && now.attempt == row.attempt &&
                    now.log.offset == row.log.offset && now.log.problem == row.log.problem &&
                    now.log.offset == offset && now.note == row.note;
  row = std::move(now);
  if (!same) write(row);
  return row;
}

void Store::ingest(TrialRow& row) {
  Tables tables(db_, row.index);
  LogReader(study_->spec().metric).read(study_->trial(row.index) / kMetricsFile, row.log, tables);
  Statement best =
      db_.prepare(fmt::format("SELECT val, step FROM eval WHERE trial = ? AND val IS NOT NULL "
                              "ORDER BY val {}, step LIMIT 1",
                              study_->spec().maximised ? "DESC" : "ASC"));
  best.bind(1, row.index);
  row.best.reset();
  row.best_step = 0;
  if (!best.step()) return;
  row.best = best.number(0);
  row.best_step = best.integer(1);
}

void Store::write(const TrialRow& row) {
  Statement trial = db_.prepare("INSERT OR REPLACE INTO trial VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  trial.bind(1, row.index).bind(2, std::string(enum_name(row.state)));
  trial.bind(3, std::string(enum_name(row.reason))).bind(4, row.note).bind(5, row.attempt);
  trial.bind(6, row.elapsed_s).bind(7, row.best.value_or(NAN)).bind(8, row.best_step).run();
  Statement ingest = db_.prepare("INSERT OR REPLACE INTO ingest VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  ingest.bind(1, row.index)
      .bind(2, row.log.offset)
      .bind(3, row.log.lines)
      .bind(4, row.log.last_step);
  ingest.bind(5, row.log.evals).bind(6, row.log.last_loss);
  ingest.bind(7, int64_t{row.log.not_finite}).bind(8, row.log.problem).run();
  Statement value = db_.prepare("INSERT OR REPLACE INTO value VALUES (?, ?, ?)");
  const TrialPlan plan = study_->plan(row.index);
  for (const auto& [name, text] : plan.values)
    value.bind(1, row.index).bind(2, name).bind(3, text).run();
  value.bind(1, row.index).bind(2, std::string("seed")).bind(3, fmt::format("{}", plan.seed)).run();
}

void Store::read_curves(plan::Trial& trial) {
  Statement evals =
      db_.prepare("SELECT step, val, val_se, train FROM eval WHERE trial = ? ORDER BY step");
  evals.bind(1, trial.index);
  plan::EvalSeries& e = trial.evals;
  while (evals.step()) {
    e.step.push_back(evals.integer(0));
    e.val.push_back(evals.number(1));
    e.val_se.push_back(evals.number(2));
    e.train.push_back(evals.number(3));
  }
  drop_if_missing(e.val_se);
  drop_if_missing(e.train);
  Statement steps = db_.prepare(
      "SELECT step, loss, lr, grad_norm, clipped FROM step WHERE trial = ? ORDER BY step");
  steps.bind(1, trial.index);
  plan::StepSeries& s = trial.steps;
  std::vector<double> clipped;
  while (steps.step()) {
    s.step.push_back(steps.integer(0));
    s.loss.push_back(steps.number(1));
    s.lr.push_back(steps.number(2));
    s.grad_norm.push_back(steps.number(3));
    clipped.push_back(steps.number(4));
  }
  drop_if_missing(s.lr);
  drop_if_missing(s.grad_norm);
  drop_if_missing(clipped);
  for (const double share : clipped) s.clipped.push_back(share > 0);
}

}  // namespace coldstart::study
