// A training run small enough for unit tests (a fraction of a second), in a directory of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/core/files.h"
#include "coldstart/io/json_lines.h"
#include "coldstart/train/run.h"
#include "tests/data/temp_dir.h"
#include "tests/test_paths.h"

namespace coldstart::train {

// Two layers on 4 sequences of 16 bytes; evaluates on 128 tokens.
inline RunConfig small_config(const std::filesystem::path& out, int64_t steps = 12) {
  RunConfig config;
  config.model.layers = 2;
  config.model.width = 16;
  config.model.heads = 2;
  config.model.context = 16;
  config.data.path = (source_dir() / "LICENSE").string();  // never changes
  config.optimizer.lr = 0.01;
  config.train.steps = steps;
  config.train.batch_tokens = 64;
  config.train.eval_every = 5;
  config.train.eval_tokens = 128;
  config.train.checkpoint_every = 4;
  config.train.out = out.string();
  return config;
}

inline RunResult run_small(const RunConfig& config, bool resume = false) {
  RunObserver nobody;
  const auto kernels = kernels::make_cpu_kernels();
  return run_training({.config = config, .resume = resume, .branch_from = {}, .time_limit_s = 0},
                      *kernels, nobody);
}

inline std::vector<io::JsonRecord> metrics_of(const std::filesystem::path& run,
                                              const std::string& type) {
  std::vector<io::JsonRecord> records;
  for (const io::JsonRecord& record : io::read_json_lines(run / "metrics.jsonl")) {
    if (record.text("type") == type) records.push_back(record);
  }
  return records;
}

inline std::vector<int64_t> steps_of(const std::vector<io::JsonRecord>& records) {
  std::vector<int64_t> steps;
  for (const io::JsonRecord& record : records) steps.push_back(record.integer("step").value_or(-1));
  return steps;
}

// The bytes of everything that must be equal between two equal runs.
inline std::string state_of(const std::filesystem::path& run, const std::string& checkpoint) {
  std::string state = read_file(run / "metrics.jsonl");
  for (const char* file :
       {"model.safetensors", "optimizer.safetensors", "metrics.safetensors", "manifest.json"}) {
    state += read_file(run / "checkpoints" / checkpoint / file);
  }
  return state;
}

}  // namespace coldstart::train
