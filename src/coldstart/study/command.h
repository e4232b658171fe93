// The command of an external trainer: a list of words with placeholders, which become single
// arguments and never pass through a shell (docs/trainer_contract.md).
//
//   {trial_dir} {config} {max_steps} {warmup_steps} {seed_init} {seed_data} {schedule}
//   {resume_from} and the name of any hyperparameter of the space; {{ and }} are braces
// Test: tests/study/command_test.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/schedule/schedule.h"
#include "coldstart/study/spec.h"

namespace coldstart::study {

// ConfigError for an unknown placeholder (with the nearest), a varied hyperparameter that no word
// uses, several seeds that none uses, and a schedule that is asked for and not described.
void check_command(const Spec& spec);

// Words that name an existing file or directory, seen from `directory`, become absolute: the
// command starts in the trial's directory.
void make_paths_absolute(std::vector<std::string>& command, const std::filesystem::path& directory);

// What the placeholders of one trial stand for.
struct TrialPlaces {
  std::filesystem::path trial_dir;    // absolute
  std::filesystem::path resume_from;  // empty: from the beginning
};

// A hyperparameter that does not exist in this trial is an empty text.
std::vector<std::string> command_of(const Spec& spec, const Values& values, int64_t seed,
                                    const TrialPlaces& places);

// The schedule of a trial: [schedule] of the specification, with the values that set its fields,
// and the base rate as peak. Nothing when the specification has no [schedule].
std::optional<schedule::Schedule> schedule_of(const Spec& spec, const Values& values);

bool uses(const Spec& spec, std::string_view placeholder);

}  // namespace coldstart::study
