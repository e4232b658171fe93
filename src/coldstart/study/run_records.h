// What a page is drawn from, read from disk: run directories of the trainer, and the traces and
// notes beside the curves of any trial.
//
// What a record of metrics.jsonl means: metrics_record.h. Whole lines only: the last line of a run
// at work may be torn. Test: tests/study/run_records_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/plan/trace.h"
#include "coldstart/plan/trial.h"

namespace coldstart::study {

struct LoadedTrial {
  plan::Trial trial;
  std::vector<plan::Trace> traces;
  std::string diagnosis;       // what the measures said at the end
  double batch_sequences = 0;  // of a step; 0: not known
};

bool is_run_directory(const std::filesystem::path& path);    // holds metrics.jsonl
bool is_study_directory(const std::filesystem::path& path);  // holds study.toml

// One run; metric: what its evaluations are of. DataError when its records are damaged.
LoadedTrial load_records(const std::filesystem::path& run, std::string_view metric = "val_loss");

// Appends the records of a text as of a metrics.jsonl; source names it in messages.
void add_records(std::string_view text, const std::string& source, std::string_view metric,
                 LoadedTrial& loaded);

// What study.toml says of a study as a whole, in whatever format of it.
struct StudyHead {
  std::string goal, notes;
  std::string metric = "val_loss";
  bool maximised = false;
  int64_t max_steps = 0, production_steps = 0;
  std::vector<plan::HParam> space;
};
StudyHead load_head(const std::filesystem::path& study);  // ConfigError when it is not TOML

// What changes when something new stands in the directories: sizes and times of all records in
// them. Cheap, for asking again and again.
std::string version_of(const std::vector<std::filesystem::path>& paths);

}  // namespace coldstart::study
