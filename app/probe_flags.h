// What the verbs share that run probes: CONFIG with --set, the directory, --json, and how the run
// under way is shown. Test: tests/e2e/probes_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "coldstart/train/config.h"
#include "coldstart/train/observer.h"

namespace coldstart::app {

// --set KEY=VALUE of a configuration, and what it does; ConfigError.
void add_set_option(CLI::App& verb, std::vector<std::string>& set);
void set_values(train::RunConfig& config, const std::vector<std::string>& set);

struct ProbeFlags {
  std::string config, out;
  std::vector<std::string> set;  // KEY=VALUE
  bool json = false;

  // CONFIG, --set, -o, --json. Must outlive the parsing.
  void add_to(CLI::App& verb);
  // The configuration with what was set; ConfigError.
  train::RunConfig load() const;
  // -o, or "<name of the configuration>-<suffix>".
  std::filesystem::path directory(const char* suffix) const;
  // Nobody with --json: then a verdict is all that is printed.
  std::unique_ptr<train::RunObserver> console() const;
};

// Ends a verb that a signal stopped; what ran is saved.
[[noreturn]] void stopped_by(int signal);

}  // namespace coldstart::app
