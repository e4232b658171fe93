// The directory of a run: config.toml, metrics.jsonl, documents.jsonl, timings.jsonl, status.json,
// summary.txt, env.json and checkpoints/.
//
// One process at a time owns it (a lock on config.toml, which dies with the process). A directory
// that holds a run is never written over. status.json is replaced as a whole, so a reader never
// sees half of it. Test: tests/train/run_directory_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace coldstart::train {

struct RunStatus {
  std::string state;  // "running", "failed", or the name of an outcome
  int64_t step = 0, total_steps = 0;
  std::string reason;
  std::string diagnosis = {};  // absent when empty
  std::optional<double> best_val_loss = {};
  int64_t best_val_step = 0;
};

class RunDirectory {
 public:
  // A new run; ConfigError when the directory holds one already, a study, or what the autopilot
  // made.
  static RunDirectory create(const std::filesystem::path& path, const std::string& config_toml,
                             const std::string& environment_json);
  // An existing run, to continue it; ConfigError when there is none, ResourceError when another
  // process is at work in it.
  static RunDirectory open(const std::filesystem::path& path);
  static bool holds_run(const std::filesystem::path& path);
  static void require_free(const std::filesystem::path& path);  // the ConfigError of create()

  ~RunDirectory();
  RunDirectory(RunDirectory&& other) noexcept;
  RunDirectory& operator=(RunDirectory&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path config_file() const { return path_ / "config.toml"; }
  std::filesystem::path metrics_file() const { return path_ / "metrics.jsonl"; }
  std::filesystem::path documents_file() const { return path_ / "documents.jsonl"; }
  std::filesystem::path timings_file() const { return path_ / "timings.jsonl"; }
  std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }

  void write_status(const RunStatus& status) const;
  void write_environment(const std::string& environment_json) const;
  void write_summary(const std::string& text) const;  // how the run ended, for people

 private:
  explicit RunDirectory(std::filesystem::path path);
  void lock();

  std::filesystem::path path_;
  std::string started_;  // ISO 8601, UTC
  int lock_fd_ = -1;
};

// The path itself, or path-2, path-3, ...: the first that holds no run.
std::filesystem::path free_run_directory(const std::filesystem::path& path);

}  // namespace coldstart::train
