// TomlTable: one table of a TOML text, read key by key: the right type or a ConfigError that names
// file and line, and at the end an error for a key that nobody asked for, with the nearest name.
// Test: tests/study/spec_errors_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

namespace coldstart::study {

class TomlTable {
 public:
  // source: the file; what: "the study", "[[space]]", for messages. The table must outlive this.
  TomlTable(const toml::table& table, std::string source, std::string what);

  std::optional<std::string> text(const char* key);
  std::optional<int64_t> integer(const char* key);  // ConfigError below 0
  std::optional<double> number(const char* key);
  std::optional<bool> boolean(const char* key);
  std::optional<std::vector<int64_t>> integers(const char* key);
  std::optional<std::vector<double>> numbers(const char* key);
  std::optional<std::vector<std::string>> texts(const char* key);   // strings only
  std::optional<std::vector<std::string>> values(const char* key);  // of any scalar, as text
  std::optional<std::string> value(const char* key);                // a scalar, as text
  const toml::node* node(const char* key);                          // nullptr: absent
  // An array of tables; empty when absent.
  std::vector<TomlTable> tables(const char* key);

  bool has(const char* key) const { return table_->contains(key); }
  std::string where(const char* key) const;  // "my.toml:12", of the key or of the table
  std::string where() const;
  const std::string& what() const { return what_; }
  const toml::table& raw() const { return *table_; }
  void finish() const;  // ConfigError for a key that was never asked for

 private:
  [[noreturn]] void refuse(const char* key, std::string_view expected) const;

  const toml::table* table_;
  std::string source_, what_;
  std::vector<std::string> asked_;
};

// true, 12, 0.5 or text, as on a command line; nothing for anything else.
std::optional<std::string> scalar_text(const toml::node& node);

}  // namespace coldstart::study
