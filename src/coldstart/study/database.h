// SQLite, with C++ ownership: a connection, and a prepared statement. Errors are ResourceError, or
// DatabaseDamaged when the file is no database (any more). Test: tests/study/load_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "coldstart/core/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace coldstart::study {

struct DatabaseDamaged : ResourceError {
  using ResourceError::ResourceError;
};

class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);

  // Parameters are numbered from 1. A NaN is stored as NULL, which is read as NaN.
  Statement& bind(int parameter, int64_t value);
  Statement& bind(int parameter, double value);
  Statement& bind(int parameter, const std::string& value);

  bool step();  // true: a row is there
  void run();   // to the end, ready for the next values

  int64_t integer(int column) const;
  double number(int column) const;
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  static Database in_memory();
  static Database open(const std::filesystem::path& file);  // made when it is not there; WAL
  // A copy in memory of a database on disk, which is not touched.
  static Database copy_of(const std::filesystem::path& file);

  void run(const char* sql);
  Statement prepare(std::string_view sql) { return Statement(db_.get(), sql); }

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  static Database connect(const std::string& name, int flags);

  std::unique_ptr<sqlite3, Close> db_;
};

// Everything within it is written as one, or not at all.
class Transaction {
 public:
  explicit Transaction(Database& db);
  ~Transaction();  // rolls back what was not committed
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace coldstart::study
