// Studies small enough for unit tests, with trials written by the test itself.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "coldstart/core/files.h"
#include "coldstart/study/study_directory.h"
#include "coldstart/study/trial_files.h"
#include "tests/data/temp_dir.h"

namespace coldstart::study {

// Two learning rates (list), two seeds each, of a program that nobody starts.
inline constexpr const char* kSmallSpec = R"(
goal = "which rate"
command = ["true", "{lr}", "{seed_init}"]
max_steps = 100
seeds = 2
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-4, 1e-2]
[[trial]]
lr = 1e-3
[[trial]]
lr = 2e-3
)";

inline StudyDirectory make_study(const std::filesystem::path& path,
                                 const std::string& spec = kSmallSpec) {
  return StudyDirectory::create(path, parse_spec(spec, "spec.toml"), path.parent_path());
}

inline void append(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

// As a launch that nobody works on.
inline std::filesystem::path launch_by_hand(const StudyDirectory& study, int64_t index,
                                            int64_t attempt = 1) {
  const TrialPlan plan = study.plan(index);
  const auto trial = study.trial(index);
  std::filesystem::create_directories(trial);
  write_launch(trial, {.index = index,
                       .point = plan.point,
                       .seed = plan.seed,
                       .values = plan.values,
                       .attempt = attempt});
  return trial;
}

inline void finish_by_hand(const std::filesystem::path& trial, int64_t attempt = 1,
                           State state = State::finished,
                           plan::Reason reason = plan::Reason::none) {
  write_result(trial, {.attempt = attempt, .state = state, .reason = reason});
}

}  // namespace coldstart::study
