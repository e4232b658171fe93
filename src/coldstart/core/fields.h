// Fields: one description of a configuration struct, from which everything else is made.
//
// A config struct is a plain struct with defaults and one visitor:
//
//   struct Example {
//     int64_t layers = 4;
//     template <class V> void fields(V&& v) {
//       v("layers", layers, {"transformer blocks", at_least(1)});
//     }
//   };
//
// FieldList binds one or more structs, each under a table name, and from it come TOML in and out
// (io/toml.h), flags (app/config_flags.h), help and documentation, the start-up table and the
// difference of two configurations. Every value that enters goes through Field::set: whole, of the
// right type, in range, or a ConfigError that names the place. Test: tests/core/fields_test.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "coldstart/core/auto.h"
#include "coldstart/core/enum_text.h"
#include "coldstart/core/length.h"

namespace coldstart {

struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool above_min = false;  // min itself is excluded
  bool below_max = false;

  bool contains(double value) const {
    return (above_min ? value > min : value >= min) && (below_max ? value < max : value <= max);
  }
  std::string text() const;  // "1 or more", "above 0", "0 to 1", "" without bounds
};

constexpr Range at_least(double min) { return {.min = min}; }
constexpr Range above(double min) { return {.min = min, .above_min = true}; }
constexpr Range between(double min, double max) { return {.min = min, .max = max}; }
constexpr Range from_to_below(double min, double max) {
  return {.min = min, .max = max, .below_max = true};
}

// What a struct says about a field.
struct FieldInfo {
  std::string help;
  Range range = {};  // numbers and elements of lists
  std::string unit = {};
};

// A value on its way between a struct and a file; enums, shares and `auto` travel as text.
using FieldValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>>;

std::string value_text(const FieldValue& value);  // as on a command line: 0.001, true, "100,200"

// A key with a value, outside any struct: one line of a TOML file, one flag.
struct Setting {
  std::string table;  // "" at the top level
  std::string key;
  FieldValue value;
  std::string where = {};    // "my.toml:12", for messages
  std::string comment = {};  // written behind the value

  std::string name() const { return table.empty() ? key : table + "." + key; }
};

struct Field {
  struct Choice {  // an enum, seen through its names
    std::vector<std::string> names;
    std::function<std::string()> get;
    std::function<void(const std::string&)> set;
  };
  using Target = std::variant<bool*, int64_t*, double*, std::string*, Length*,
                              std::vector<int64_t>*, Auto<bool>*, Auto<double>*, Choice>;

  std::string table, key;
  FieldInfo info;
  Target target;

  std::string name() const { return table.empty() ? key : table + "." + key; }
  // "integer of 1 or more", "one of layer, rms", ...
  std::string expected() const;
  std::string value_hint() const;  // what stands for the value in --help: N, X, layer|rms, ...
  std::string help_line() const;   // "peak learning rate [0.001]"
  FieldValue value() const;
  void set(const FieldValue& value, std::string_view where) const;     // typed, from a file
  void set_text(std::string_view text, std::string_view where) const;  // untyped, from a flag
};

class FieldList {
 public:
  // Binds the fields of a struct; the struct must outlive the list.
  template <class Struct>
  void add(const std::string& table, Struct& config) {
    config.fields([&]<class T>(const char* key, T& target, FieldInfo info) {
      fields_.push_back({table, key, std::move(info), bind(target)});
    });
  }

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

  // The field called "table.key", or "key" where only one table has it; ConfigError with the
  // nearest name otherwise.
  const Field& find(std::string_view name, std::string_view where) const;
  // "key" when it is unambiguous across tables, else "table.key".
  std::string short_name(const Field& field) const;

  void apply(std::span<const Setting> settings) const;  // in order; a later one wins
  std::vector<Setting> settings() const;                // every field, help as comment

 private:
  template <class T>
  static Field::Target bind(T& target) {
    if constexpr (std::is_enum_v<T>) {
      return Field::Choice{enum_choices<T>(), [&target] { return std::string(enum_name(target)); },
                           [&target](const std::string& name) { target = *parse_enum<T>(name); }};
    } else {
      return &target;
    }
  }

  std::vector<Field> fields_;
};

// "model.layers: 4 -> 6" for every field whose value differs; both lists bind the same structs.
std::vector<std::string> differences(const FieldList& from, const FieldList& to);

}  // namespace coldstart
