// study.toml of imported runs: a specification like any other, with the sampler `list`, in which
// every run is a trial, told apart by the hyperparameter `run` and by what --values says of it.
// Test: tests/study/import_test.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace coldstart::study {

struct ImportedSource {
  std::string path;
  std::map<std::string, std::string> values;  // of --values
};

// A name for each run: the last part of its path, or what it takes to tell them apart.
std::vector<std::string> run_names(const std::vector<ImportedSource>& sources);

// ConfigError unless every run has the same hyperparameters. schedule: settings of the table
// [schedule], with the peak in `lr`; empty: none.
std::string imported_spec(const std::vector<ImportedSource>& sources, const std::string& goal,
                          const std::string& format, int64_t max_steps,
                          const std::map<std::string, std::string>& schedule);

// A string of TOML, with its quotes.
std::string toml_text(const std::string& text);

}  // namespace coldstart::study
