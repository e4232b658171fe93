// RUN and --checkpoint, the same for every verb that reads a trained model.
// Test: tests/e2e/sample_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace coldstart::app {

// Both strings must outlive the parsing; checkpoint holds the default.
inline void add_run_options(CLI::App& verb, std::string& run, std::string& checkpoint) {
  verb.add_option("RUN", run, "directory of a run, or of one of its checkpoints")->required();
  verb.add_option("--checkpoint", checkpoint, "which of a run: last, best, or a step")
      ->capture_default_str();
}

}  // namespace coldstart::app
