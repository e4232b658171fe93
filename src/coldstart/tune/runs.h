// Runs: the training runs of the autopilot, each in DIR/runs/NAME and each made once.
//
// A run that stands in the journal is over. One that only has a directory was cut off, and goes on
// from its last checkpoint, with the settings that it began with. Test: tests/tune/runs_test.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/plan/trial.h"
#include "coldstart/train/config.h"
#include "coldstart/train/outcome.h"
#include "coldstart/tune/journal.h"
#include "coldstart/tune/ledger.h"
#include "coldstart/tune/observer.h"

namespace coldstart::tune {

// Ctrl-C or SIGTERM in a run: everything is saved, and the autopilot ends. Not an error.
struct Stopped {
  int signal = 0;
};

struct RunPlan {
  std::string name, why;
  train::RunConfig config;       // data and place are filled in
  std::string branch_from = {};  // name of another run; empty: from step 0
  int64_t branch_step = 0;       // a checkpoint of it; 0: its last
  double time_limit_s = 0;       // 0: none
  bool ends_at_limit = false;    // the limit ends the run; otherwise it can go on
  bool scored = false;           // a trial's cooled run: its last loss is the trial's
};

struct RunRecord {
  std::string name;
  bool finished = false, diverged = false, timed_out = false, scored = false;
  int64_t from = 0, step = 0;
  // Of the last sitting in which it ran: all of it, the steps alone, of these the data, and one
  // evaluation.
  double seconds = 0, busy_s = 0, data_s = 0, evaluation_s = 0;
  int64_t steps_timed = 0;
  std::optional<double> best_val = {}, last_val = {};
};

class Runs {
 public:
  Runs(std::filesystem::path directory, Journal& journal, Ledger& ledger, TuneObserver& observer,
       kernels::Kernels& kernels);

  // Throws Stopped, and Error for what ends a run that is no outcome.
  RunRecord run(const RunPlan& plan);
  std::optional<RunRecord> over(const std::string& name) const;  // when it stands in the journal
  std::vector<RunRecord> all() const;                            // that do, in their order

  std::filesystem::path path(const std::string& name) const { return directory_ / "runs" / name; }
  plan::Trial trial(const std::string& name) const;
  // What a step took in all runs of that optimizer that were timed, evaluations and checkpoints
  // included; 0: none.
  double seconds_per_step(const std::string& optimizer) const;
  // The model of a run that lost: the records stay.
  void drop_checkpoints(const std::string& name) const;

 private:
  std::filesystem::path directory_;
  Journal& journal_;
  Ledger& ledger_;
  TuneObserver& observer_;
  kernels::Kernels& kernels_;
};

}  // namespace coldstart::tune
