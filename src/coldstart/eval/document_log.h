// documents.jsonl of a run: the loss of each of the same few sequences ("documents") of the
// validation set at every evaluation, so that two checkpoints or two runs can be compared on the
// same text, document by document (playbook L1465-1470, EV-06; the paired tests of plan/).
//
//   {"step":100,"set":"5c1e0f3a9b7d2468/64","losses":[2.914553,3.051198,...]}
//
// The losses are nats a token (an example of a classifier), to six decimals. `set` tells which
// documents they are: runs with the same one have the same documents in the same order. It is cut
// back at a resume as metrics.jsonl is. Test: tests/eval/document_log_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "coldstart/eval/evaluate.h"
#include "coldstart/io/json_lines.h"

namespace coldstart::eval {

class DocumentLog {
 public:
  // Appends to the first keep_bytes bytes of the file; CheckpointError when it is shorter.
  // documents: 1 or more, spread evenly over the set; all of it where it has fewer. set_identity:
  // of the evaluation set.
  DocumentLog(const std::filesystem::path& file, int64_t keep_bytes, int64_t documents,
              const std::string& set_identity);

  void write(int64_t step, const Evaluation& evaluation);  // ResourceError when the disk is full
  int64_t sync();                                          // on the disk; the length of the file

 private:
  int64_t documents_;
  std::string set_;
  io::JsonLinesWriter lines_;
};

}  // namespace coldstart::eval
