// Flags made from the fields of a configuration: --table.key value, and --key value where only one
// table has the key; dashes do for underscores. Tests: tests/e2e/{main,resume}_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "coldstart/core/fields.h"

namespace coldstart::app {

// Must live as long as the parsing; keeps what was given until apply().
class ConfigFlags {
 public:
  // Adds the flags to a verb, grouped by table in its --help. fields gives the defaults shown.
  ConfigFlags(CLI::App& verb, const FieldList& fields);
  ConfigFlags(const ConfigFlags&) = delete;
  ConfigFlags& operator=(const ConfigFlags&) = delete;

  // Sets what was given on the command line, checked like a value from a file.
  void apply(const FieldList& fields) const;

 private:
  std::vector<std::pair<std::string, std::string>> given_;  // field name, text; in order
};

}  // namespace coldstart::app
