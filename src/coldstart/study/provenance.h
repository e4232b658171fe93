// What the trials of a study were run from: provenance.jsonl, and the patches beside it.
//
// `study run` appends a line for each git work tree that its program or the files of its command
// lie in, when something there has changed since the last line: the commit, and the changes that
// were not committed as changes-<hash>.patch (source_changes.h). The commit that this program was
// built from is in every line. So a study can be repeated from the source it was run from
// (playbook L1531-1547, TR-01). Test: tests/study/provenance_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/study/study_directory.h"

namespace coldstart::study {

struct Provenance {
  std::string program;     // commit of this program: core/source_commit.h
  std::string repository;  // root of a work tree; empty: the files lie in none
  std::string commit;
  std::string changes;   // name of a patch in the study directory; empty: none
  int64_t left_out = 0;  // new files that are too large for it
  bool operator==(const Provenance&) const = default;
};

// program: this program's file, which runs the trials of the built-in trainer.
void record_provenance(const StudyDirectory& study, const std::filesystem::path& program);

// All lines, oldest first; none where the study has not been run, or was imported.
std::vector<Provenance> read_provenance(const std::filesystem::path& study);

}  // namespace coldstart::study
