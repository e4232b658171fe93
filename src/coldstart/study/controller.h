// The controller: runs what is left of a study, keeps its database up with the trial directories,
// and tells an observer. Stopped or killed, the next one goes on: finished trials stay as they are,
// those that still run are watched, those that were interrupted go on from their checkpoints.
// Tests: tests/study/controller_test.cpp, tests/e2e/study_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/study/store.h"

namespace coldstart::study {

struct RunOptions {
  int64_t jobs = 1;               // trials at a time; the machine's threads are divided among them
  bool retry_failed = false;      // run failed trials again
  std::filesystem::path program;  // this program, for the built-in trainer
};

struct Counts {
  int64_t planned = 0, running = 0, finished = 0, infeasible = 0, failed = 0,
          stopped = 0;  // lost: stopped
  int64_t over() const { return finished + infeasible + failed; }
};
Counts count(const std::vector<TrialRow>& rows);

// Who watches a study; nothing is printed otherwise.
class StudyObserver {
 public:
  virtual ~StudyObserver() = default;
  virtual void on_start(const StudyDirectory&, const std::vector<TrialRow>&) {}
  virtual void on_note(const std::string&) {}  // something to know, such as a rebuilt database
  virtual void on_launch(const TrialRow&) {}
  virtual void on_end(const TrialRow&) {}  // of an attempt
  // A few times a second. left_s: until the study is done, -1 when nothing is known yet.
  virtual void on_tick(const std::vector<TrialRow>&, double /*left_s*/) {}
  virtual void on_finish(const std::vector<TrialRow>&, double /*elapsed_s*/) {}
};

struct RunSummary {
  Counts counts;
  int signal = 0;         // that stopped it; 0: the study is done
  int exit_code() const;  // 0 done, 3 when trials failed or did not end, 128 + signal
};

// StudyBusy when another controller is at work; before the first launch ConfigError when a trial
// cannot run as specified, and what preflight() finds.
RunSummary run_study(const StudyDirectory& study, const RunOptions& options,
                     StudyObserver& observer);

// Makes the database anew from the directories; how many trials it holds.
int64_t rebuild(const StudyDirectory& study);

}  // namespace coldstart::study
