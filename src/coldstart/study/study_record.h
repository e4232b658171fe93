// The record of a study (playbook L1531-1547, TR-01): its name, its configuration, notes, how many
// trials, the result of the best checkpoint, and the commands that make it again from the source it
// was run from, uncommitted changes included. A study is closed when all of these are there.
// Test: tests/study/study_record_test.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/study/study_directory.h"

namespace coldstart::study {

struct StudyRecord {
  std::string name;
  std::string configuration;  // the file
  std::string notes;
  std::string trials;                 // "24, 2 of them infeasible"; empty while one is not over
  std::string best;                   // "val_loss 1.4312 at step 900, s1/7: <its checkpoint>"
  std::vector<std::string> commands;  // that make it again, one a line; none of imported runs
  std::vector<std::string> source;    // what it was run from, a line a work tree
  bool source_known = false;          // ... so that it can be had again

  // What is not there, in words: "a finished trial with a result". Empty: it can be closed.
  std::vector<std::string> missing() const;
};

// loaded: the same study (load.h).
StudyRecord record_of(const StudyDirectory& study, const plan::Study& loaded);

// Where nothing is missing, keeps the record as record.json in the study. notes: written into the
// specification first; empty: what is there stays.
StudyRecord close_study(StudyDirectory& study, const std::string& notes);

}  // namespace coldstart::study
