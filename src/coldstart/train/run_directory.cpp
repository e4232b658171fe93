#include "coldstart/train/run_directory.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <unistd.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"

namespace coldstart::train {

namespace fs = std::filesystem;

namespace {

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

// What stands in a directory whose runs lie further down; null when it is none of these.
const char* made_by_another_verb(const fs::path& path) {
  std::error_code ignored;
  if (fs::exists(path / "study.toml", ignored)) return "a study";
  if (fs::exists(path / "journal.jsonl", ignored)) return "what the autopilot made";
  return nullptr;
}

}  // namespace

RunDirectory::RunDirectory(fs::path path) : path_(std::move(path)), started_(utc_now()) {}

RunDirectory::RunDirectory(RunDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      started_(std::move(other.started_)),
      lock_fd_(std::exchange(other.lock_fd_, -1)) {}

RunDirectory::~RunDirectory() {
  if (lock_fd_ >= 0) close(lock_fd_);
}

bool RunDirectory::holds_run(const fs::path& path) {
  for (const char* name : {"config.toml", "metrics.jsonl", "checkpoints"}) {
    std::error_code ignored;
    if (fs::exists(path / name, ignored)) return true;
  }
  return false;
}

void RunDirectory::require_free(const fs::path& path) {
  if (const char* what = made_by_another_verb(path))
    throw ConfigError("train.out", fmt::format("'{}' holds {}", path.string(), what),
                      "choose another directory with --out");
  if (!holds_run(path)) return;
  throw ConfigError("train.out", fmt::format("'{}' already holds a run", path.string()),
                    fmt::format("continue it with: coldstart train {} --resume\n"
                                "      or choose another directory with --out",
                                path.string()));
}

RunDirectory RunDirectory::create(const fs::path& path, const std::string& config_toml,
                                  const std::string& environment_json) {
  require_free(path);
  RunDirectory run(path);
  make_directories(path);
  write_file_atomic(run.config_file(), config_toml);
  run.lock();
  run.write_environment(environment_json);
  make_directories(run.checkpoints());
  return run;
}

RunDirectory RunDirectory::open(const fs::path& path) {
  RunDirectory run(path);
  if (!fs::exists(run.config_file())) {
    throw ConfigError("--resume",
                      fmt::format("'{}' holds no run (it has no config.toml)", path.string()),
                      "give the directory of a run, or start one without --resume");
  }
  run.lock();
  return run;
}

void RunDirectory::lock() {
  lock_fd_ = ::open(config_file().c_str(), O_RDONLY | O_CLOEXEC);
  if (lock_fd_ >= 0 && flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) return;
  throw ResourceError("train", fmt::format("another process is at work in '{}'", path_.string()),
                      "wait until it ends; status.json names its pid");
}

void RunDirectory::write_status(const RunStatus& status) const {
  nlohmann::ordered_json json = {
      {"state", status.state},   {"step", status.step}, {"total_steps", status.total_steps},
      {"reason", status.reason}, {"pid", getpid()},     {"started", started_},
      {"updated", utc_now()}};
  if (status.best_val_loss) {
    json["best_val_loss"] = *status.best_val_loss;
    json["best_val_step"] = status.best_val_step;
  }
  if (!status.diagnosis.empty()) json["diagnosis"] = status.diagnosis;
  write_file_atomic(path_ / "status.json", json.dump(2) + "\n");
}

void RunDirectory::write_summary(const std::string& text) const {
  write_file_atomic(path_ / "summary.txt", text);
}

void RunDirectory::write_environment(const std::string& environment_json) const {
  write_file_atomic(path_ / "env.json", environment_json);
}

fs::path free_run_directory(const fs::path& path) {
  fs::path candidate = path;
  for (int i = 2; RunDirectory::holds_run(candidate) || made_by_another_verb(candidate); ++i) {
    candidate = path;
    candidate += fmt::format("-{}", i);
  }
  return candidate;
}

}  // namespace coldstart::train
