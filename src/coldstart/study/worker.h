// A worker: the small process around one attempt of a trial. It starts the command in the trial's
// directory, writes what it prints to log.txt, watches metrics.jsonl, ends it at a limit, and
// leaves result.json, whether or not the controller still lives. The command dies with its worker.
// Test: tests/study/controller_test.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "coldstart/study/spec.h"

namespace coldstart::study {

// One attempt of a trial, ready to start.
struct Job {
  int64_t index = 0, attempt = 1;
  std::filesystem::path trial;  // absolute
  std::vector<std::string> command;
  bool built_in = false;
  std::string metric;
  int64_t max_steps = 0;
  Limits limits;
  int threads = 1;  // OMP_NUM_THREADS and its like
};

// Runs the attempt to its end and writes its result; SIGTERM ends it early: the command gets
// SIGTERM and some seconds to save. Throws ResourceError when the result cannot be written.
// on_start is told the process id of the command, which leads a process group.
void run_worker(
    const Job& job, const std::function<void(int)>& on_start = [](int) {});

}  // namespace coldstart::study
