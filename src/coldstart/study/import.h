// coldstart import: logs of runs made elsewhere become an ordinary study with read-only trials.
//
//   OUT/study.toml                 what the study is
//   OUT/trials/0000/metrics.jsonl  the log, a trial for each path given
//   OUT/trials/0000/config.toml    what is known of the run: length, schedule
//   OUT/trials/0000/status.json    how it ended: finished, or infeasible when its loss is not
//   finite
// A run directory of coldstart itself is taken as it is. Design: 9.3; docs/importing.md.
// Test: tests/study/import_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/schedule/schedule.h"
#include "coldstart/study/import_log.h"

namespace coldstart::study {

enum class LogFormat : uint8_t { csv, jsonl, tensorboard };

struct ImportOptions {
  NameMap map = {};
  int64_t max_steps = 0;  // planned length; 0: the last step of each log
  // A peak rate and the options of [schedule]: "lr=0.001,shape=cosine,warmup=100". Logs without
  // a rate get the one of this schedule.
  std::string schedule = {};
  // One text a path, or none: "optimizer.lr=0.001,seed=1", hyperparameters of the run.
  std::vector<std::string> values = {};
  std::string goal = {};   // the question the study is to answer; empty: a general one
  bool maximised = false;  // what stands for val_loss is better when it is higher
};

struct ImportSummary {
  struct Trial {
    std::string source;
    int64_t step_records = 0, eval_records = 0, first_step = 0, last_step = 0;
    std::vector<std::string> names = {}, others = {}, warnings = {};
  };
  std::vector<Trial> trials;
};

// ConfigError when `out` is not free or an option cannot be used; DataError for a log that cannot.
// Nothing is left behind then.
ImportSummary import_logs(LogFormat format, const std::vector<std::string>& paths,
                          const std::filesystem::path& out, const ImportOptions& options);

}  // namespace coldstart::study

template <>
struct coldstart::EnumText<coldstart::study::LogFormat> {
  using E = study::LogFormat;
  static constexpr auto names =
      enum_names<E>({{E::csv, "csv"}, {E::jsonl, "jsonl"}, {E::tensorboard, "tensorboard"}});
};
