// Input: all that a page is drawn from. Recorded data only, so it can be drawn again years later.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "coldstart/plan/trace.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"
#include "coldstart/report/section.h"

namespace coldstart::report {

// What a page shows of a trial beside its curves.
struct TrialDetail {
  std::vector<plan::Trace> traces;
  std::string directory;
  std::string diagnosis;           // what the measures said at the end of the run
  std::vector<std::string> flags;  // why to look at its curves; infeasible ones need none
  // Sequences of a batch, for the signal-to-noise ratio below which averaging does not help; 0: not
  // known.
  double batch_sequences = 0;
};

// What has to be kept of a study so that it is not lost (TR-01), beside its name, its notes and the
// commands.
struct Record {
  std::string configuration;         // a file; empty: there is no record, as of single runs
  std::string trials;                // how many; empty: not all are over
  std::string best;                  // result of the best checkpoint, and where it is
  std::vector<std::string> source;   // what it was run from, with uncommitted changes
  std::vector<std::string> missing;  // what is not there, in words
};

struct Input {
  plan::Study study;
  std::vector<TrialDetail> details;  // one a trial, or empty
  std::vector<Section> answers;      // to the question the study was made for
  std::vector<plan::Verdict>
      verdicts;  // that were given on it, beside those of plan/study_verdicts.h
  std::string notes;
  Record record;
  std::vector<std::string> commands;  // that make all this again, one a line
  std::string made_by;                // version and commit of the program
  bool is_run = false;                // one run, no study
};

}  // namespace coldstart::report
