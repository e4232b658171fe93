// What stands in a study's directory about a trial, and the state that follows from it.
//
//   launch.json  written before each attempt: which trial, which attempt, which values
//   result.json  written when the attempt has ended: how, and why
//   trial.lock   locked by every process of the attempt, so it is free once none is left
//
// The files are the record; the database is made from them. An attempt whose lock is free and which
// left no result was lost (its processes were killed), and the trial is launched again.
// Test: tests/study/trial_files_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/trial.h"
#include "coldstart/study/spec.h"

namespace coldstart::study {

// `failed`: it could not run at all or broke the contract, which says nothing of its values.
// `stopped`: saved and ended from outside; goes on with the next `study run`.
enum class State : uint8_t {
  planned,
  launched,
  running,
  finished,
  infeasible,
  failed,
  stopped,
  lost
};

bool is_over(State state);  // finished, infeasible or failed: nothing runs it again by itself

struct Launch {
  int64_t index = 0, point = 0, seed = 0;
  Values values;
  int64_t attempt = 1;
  // Of the built-in trainer's data, found when it was prepared; empty and 0: not known.
  std::string data_id = {};
  int64_t unique_tokens = 0, vocab = 0;
  // Where and when: differs between equal studies, and reaches no verdict.
  std::string backend = {}, host = {}, started = {};
};

struct Result {
  int64_t attempt = 0;
  State state = State::finished;
  plan::Reason reason = plan::Reason::none;
  std::string note = {};    // one sentence
  int64_t exit_status = 0;  // 128 + signal when a signal ended it
  double elapsed_s = 0;     // of the attempt
};

struct TrialFiles {
  State state = State::planned;
  std::optional<Launch> launch;
  std::optional<Result> result;  // of the last attempt only
};

std::filesystem::path study_file(const std::filesystem::path& study);  // study.toml
std::filesystem::path trial_directory(const std::filesystem::path& study, int64_t index);
inline constexpr const char* kMetricsFile = "metrics.jsonl";
inline constexpr const char* kLogFile = "log.txt";

// Each replaces the file as a whole; a result is on the disk when this returns.
void write_launch(const std::filesystem::path& trial, const Launch& launch);
void write_result(const std::filesystem::path& trial, const Result& result);

// DataError when a record is damaged, or when the directory is that of another trial.
TrialFiles read_trial(const std::filesystem::path& trial, int64_t index);

// Whether a process of an attempt is alive. On another machine than it runs on: false.
bool is_locked(const std::filesystem::path& trial);
// Locks a trial for the calling process and all that it starts; the file descriptor, or -1 when
// somebody else has it. ResourceError when the file cannot be made.
int lock_trial(const std::filesystem::path& trial);

double bytes_below(const std::filesystem::path& directory);  // of all files in it and below

// The highest index of a trial directory, -1 when there is none. DataError when two directories
// have one index ("7" and "0007").
int64_t highest_trial(const std::filesystem::path& study);

}  // namespace coldstart::study

template <>
struct coldstart::EnumText<coldstart::study::State> {
  using E = study::State;
  static constexpr auto names = enum_names<E>({{E::planned, "planned"},
                                               {E::launched, "launched"},
                                               {E::running, "running"},
                                               {E::finished, "finished"},
                                               {E::infeasible, "infeasible"},
                                               {E::failed, "failed"},
                                               {E::stopped, "stopped"},
                                               {E::lost, "lost"}});
};
