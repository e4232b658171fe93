#include "coldstart/study/preflight.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/train/memory_table.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

bool may_start(const fs::path& file) {
  std::error_code missing;
  return fs::is_regular_file(file, missing) && access(file.c_str(), X_OK) == 0;
}

bool on_the_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  const std::string places = path ? path : "/usr/bin:/bin";
  for (size_t from = 0; from <= places.size();) {
    const size_t end = std::min(places.find(':', from), places.size());
    if (may_start(fs::path(places.substr(from, end - from)) / program)) return true;
    from = end + 1;
  }
  return false;
}

// What the trials that are over have left, on average.
double bytes_a_trial(const StudyDirectory& study, const std::vector<TrialRow>& rows) {
  double bytes = 0, trials = 0;
  for (const TrialRow& row : rows) {
    if (!is_over(row.state)) continue;
    bytes += bytes_below(study.trial(row.index));
    ++trials;
  }
  return trials > 0 ? bytes / trials : 0;
}

}  // namespace

void require_program(const std::vector<std::string>& command) {
  const std::string& program = command.front();
  if (program.find('{') == std::string::npos) {
    const bool is_path = program.find('/') != std::string::npos;
    if (is_path ? !may_start(program) : !on_the_path(program))
      throw ConfigError("command",
                        is_path ? fmt::format("'{}' is no program that can be started", program)
                                : fmt::format("there is no program '{}' on the PATH", program),
                        is_path ? "check the path, and that the file is executable (chmod +x)"
                                : "install it, or write its whole path");
  }
  for (size_t i = 1; i < command.size(); ++i) {
    const std::string& word = command[i];
    if (word.find('{') != std::string::npos || !fs::path(word).is_absolute()) return;
    if (std::error_code missing; !fs::exists(word, missing))
      throw ConfigError("command", fmt::format("'{}' is not there", word),
                        "put it back, or change the command in study.toml");
  }
}

void require_memory(std::vector<int64_t> trial_bytes, int64_t jobs, int64_t available) {
  if (available == 0) return;
  std::ranges::sort(trial_bytes, std::greater());
  int64_t needed = 0, fit = 0;
  const int64_t at_once = std::min(jobs, std::ssize(trial_bytes));
  for (int64_t i = 0; i < at_once; ++i) {
    needed += trial_bytes[static_cast<size_t>(i)];
    if (needed <= available) fit = i + 1;
  }
  if (needed <= available) return;
  throw ResourceError(
      "memory",
      fmt::format("{} trial{} at a time need{} {}; got {} available", at_once,
                  at_once == 1 ? "" : "s", at_once == 1 ? "s" : "",
                  human_bytes(static_cast<double>(needed)),
                  human_bytes(static_cast<double>(available))),
      fit > 0 ? fmt::format("use --jobs {}", fit)
              : "make train.micro_batch smaller, set model.recompute, or choose a smaller model");
}

void require_disk(const fs::path& directory, int64_t trials, double bytes, double free_bytes) {
  if (bytes <= free_bytes) return;
  throw ResourceError(
      "disk",
      fmt::format("the {} trials that are left need about {}; got {} free in '{}'", trials,
                  human_bytes(bytes), human_bytes(free_bytes), directory.string()),
      "free some space, keep fewer checkpoints (train.keep_best), or put the study elsewhere");
}

void preflight(const StudyDirectory& study, const std::vector<TrialRow>& rows,
               const std::vector<PreparedTrial>& left, int64_t jobs) {
  if (left.empty()) return;
  std::vector<int64_t> memory;
  double disk = 0;
  for (const PreparedTrial& trial : left) {
    memory.push_back(trial.memory_bytes);
    disk += static_cast<double>(trial.disk_bytes);
  }
  if (study.spec().built_in()) {
    require_memory(std::move(memory), jobs, train::available_memory_bytes());
  } else {
    require_program(study.spec().command);
    disk = bytes_a_trial(study, rows) * static_cast<double>(left.size());
  }
  std::error_code unknown;
  const fs::space_info space = fs::space(study.path(), unknown);
  if (!unknown)
    require_disk(study.path(), std::ssize(left), disk, static_cast<double>(space.available));
}

}  // namespace coldstart::study
