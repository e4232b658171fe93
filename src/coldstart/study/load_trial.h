// From files to a plan::Trial: the directory of a run of this program, or one CSV file of a run of
// any program.
//
// A run directory gives everything it holds: evaluations, batch losses, rates, gradient norms, its
// schedule (from config.toml), how it ended (status.json). A CSV file has a header line; its
// columns are found by name, step, lr and val_loss, or as --map says ("val_loss=loss"). A file that
// has a column `loss` and no val_loss is read as if it were one. Formats: docs/formats.md. Test:
// tests/study/load_trial_test.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/plan/trial.h"

namespace coldstart::study {

// DataError when the directory holds no run or a damaged one.
plan::Trial load_run(const std::filesystem::path& directory);

struct CsvOptions {
  std::vector<std::string> map = {};  // "OURS=THEIRS"; ours: step, lr, val_loss, train_probe, ...
  int64_t warmup = 0;                 // steps of a linear rise that the file does not show
  int64_t max_steps = 0;              // planned; 0: the last step of the file
};
// Read as `coldstart import csv` reads it (import_csv.h). DataError names file and line of what is
// no number, and a mapped column that is not there; ConfigError for a map of an unknown name.
plan::Trial load_csv(const std::filesystem::path& file, const CsvOptions& options = {});
plan::Trial parse_csv(std::string_view text, std::string_view name, const CsvOptions& options);

// A directory is a run, a file is a CSV.
plan::Trial load_trial(const std::filesystem::path& path, const CsvOptions& options = {});

}  // namespace coldstart::study
