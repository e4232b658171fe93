// JsonRecord: one flat JSON object, as a line of metrics.jsonl.
//
// Numbers are printed with the fewest digits that give the same number back. JSON has no NaN and no
// infinity; they are the strings "NaN", "Infinity" and "-Infinity", which float() of Python and
// Number() of JavaScript take, and number() gives back. Nesting is written in the key: "norm.h.0".
// Test: tests/io/json_record_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace coldstart::io {

using JsonValue =
    std::variant<std::monostate, bool, int64_t, double, std::string, std::vector<double>>;

class JsonRecord {
 public:
  // Keys keep their order; a key is added once.
  JsonRecord& add(std::string key, bool value) { return put(std::move(key), value); }
  JsonRecord& add(std::string key, int value) { return put(std::move(key), int64_t{value}); }
  JsonRecord& add(std::string key, int64_t value) { return put(std::move(key), value); }
  JsonRecord& add(std::string key, double value) { return put(std::move(key), value); }
  JsonRecord& add(std::string key, std::string value) { return put(std::move(key), value); }
  JsonRecord& add(std::string key, const char* value) {
    return put(std::move(key), std::string(value));
  }
  JsonRecord& add(std::string key, std::vector<double> value) {
    return put(std::move(key), std::move(value));
  }

  const std::vector<std::pair<std::string, JsonValue>>& entries() const { return entries_; }
  const JsonValue* find(std::string_view key) const;  // nullptr when absent

  // The value under a key, when it is there and of that kind.
  std::optional<double> number(std::string_view key) const;  // integers and "NaN" too
  std::optional<int64_t> integer(std::string_view key) const;
  std::optional<std::string> text(std::string_view key) const;

  std::string line() const;  // without the end of line

  // DataError that names `where` ("metrics.jsonl:12") unless the text is one JSON object of
  // scalars, lists of numbers and objects of these; keys of inner objects are joined with dots.
  static JsonRecord parse(std::string_view text, std::string_view where);

 private:
  JsonRecord& put(std::string key, JsonValue value);

  std::vector<std::pair<std::string, JsonValue>> entries_;
};

}  // namespace coldstart::io
