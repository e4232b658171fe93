// The smallest question for the autopilot: a model that makes hundreds of steps a second.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "coldstart/tune/work.h"
#include "tests/test_paths.h"

namespace coldstart::tune {

inline constexpr const char* kTinyModel =
    "[model]\nlayers = 1\nwidth = 16\nheads = 2\ncontext = 16\ninit_std = 0.2\n"
    "[train]\nbatch_tokens = 64\n";
inline constexpr int64_t kTinyBatch = 64;

// Writes the model beside the directory `out` of the autopilot.
inline std::string tiny_model(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "tiny.toml";
  std::ofstream(file) << kTinyModel;
  return file.string();
}

// A budget of so many steps of it, on a text that is there.
inline TuneOptions tiny_question(const std::filesystem::path& folder, int64_t steps) {
  const std::string budget = std::to_string(steps * kTinyBatch) + "tok";
  return {.text = (source_dir() / "LICENSE").string(),
          .budget_text = budget,
          .budget = parse_budget(budget),
          .out = folder / "tune",
          .model = tiny_model(folder),
          .seed = 1,
          .threads = 1};
}

}  // namespace coldstart::tune
