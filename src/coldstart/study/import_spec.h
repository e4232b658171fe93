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

// What all runs share.
struct ImportedStudy {
  std::string goal, format;
  int64_t max_steps = 0;
  std::map<std::string, std::string> schedule = {};  // of [schedule], the peak in `lr`; or empty
  bool maximised = false;
};
// ConfigError unless every run has the same hyperparameters.
std::string imported_spec(const std::vector<ImportedSource>& sources, const ImportedStudy& study);

// A string of TOML, with its quotes.
std::string toml_text(const std::string& text);

}  // namespace coldstart::study
