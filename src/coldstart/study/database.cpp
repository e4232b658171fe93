#include "coldstart/study/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <limits>

namespace coldstart::study {

namespace {

constexpr int kPatience_ms = 5000;

[[noreturn]] void fail(sqlite3* db, int code) {
  const char* file = db ? sqlite3_db_filename(db, "main") : nullptr;
  const std::string name = file && *file ? file : "the database of the study";
  const std::string what =
      fmt::format("'{}': {}", name, db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw DatabaseDamaged("study.db", what,
                            "make it anew from the trial directories: coldstart study rebuild");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw ResourceError("study.db", what, "another program holds it; close that program");
    case SQLITE_FULL:
      throw ResourceError("study.db", what, "the disk is full; free some space");
    default:
      throw ResourceError("study.db", what, "check the path and its permissions");
  }
}

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK) fail(db, code);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(sqlite3* db, std::string_view sql) : db_(db) {
  sqlite3_stmt* statement = nullptr;
  check(db, sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement, nullptr));
  statement_.reset(statement);
}

Statement& Statement::bind(int parameter, int64_t value) {
  check(db_, sqlite3_bind_int64(statement_.get(), parameter, value));
  return *this;
}

Statement& Statement::bind(int parameter, double value) {
  check(db_, std::isnan(value) ? sqlite3_bind_null(statement_.get(), parameter)
                               : sqlite3_bind_double(statement_.get(), parameter, value));
  return *this;
}

Statement& Statement::bind(int parameter, const std::string& value) {
  check(db_, sqlite3_bind_text(statement_.get(), parameter, value.data(),
                               static_cast<int>(value.size()), SQLITE_TRANSIENT));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail(db_, code);
  return code == SQLITE_ROW;
}

void Statement::run() {
  while (step()) {
  }
  check(db_, sqlite3_reset(statement_.get()));
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::number(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL
             ? std::numeric_limits<double>::quiet_NaN()
             : sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return text ? std::string(text,
                            static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)))
              : "";
}

void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Database Database::connect(const std::string& name, int flags) {
  Database database;
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &db, flags, nullptr);
  database.db_.reset(db);
  check(db, code);
  check(db, sqlite3_busy_timeout(db, kPatience_ms));
  return database;
}

Database Database::in_memory() {
  return connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

Database Database::open(const std::filesystem::path& file) {
  Database database = connect(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  database.run("PRAGMA journal_mode = WAL");
  // It can be made anew at any time, so it need not survive the machine, only the program.
  database.run("PRAGMA synchronous = OFF");
  return database;
}

Database Database::copy_of(const std::filesystem::path& file) {
  const Database from = connect(file.string(), SQLITE_OPEN_READONLY);
  Database to = in_memory();
  sqlite3_backup* backup = sqlite3_backup_init(to.db_.get(), "main", from.db_.get(), "main");
  if (!backup) fail(to.db_.get(), sqlite3_errcode(to.db_.get()));
  const int code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) fail(from.db_.get(), code);
  return to;
}

void Database::run(const char* sql) {
  check(db_.get(), sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr));
}

Transaction::Transaction(Database& db) : db_(db) { db_.run("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (!open_) return;
  try {
    db_.run("ROLLBACK");
  } catch (
      const Error&) {  // NOLINT(bugprone-empty-catch): the error that led here is the one to tell
  }
}

void Transaction::commit() {
  db_.run("COMMIT");
  open_ = false;
}

}  // namespace coldstart::study
