// How an attempt ended, from what was seen of it: exit status, who stopped it, its log.
//
// Infeasible is a result of the trial's values (NaN, divergence, memory, time, crash); failed is
// not: the program could not start or broke the contract. Killed from outside without a sign that
// memory ran out means nothing, and the trial is run again (lost). Exit statuses:
// docs/trainer_contract.md. Test: tests/study/ending_test.cpp.
#pragma once

#include <string>

#include "coldstart/study/log_reader.h"
#include "coldstart/study/spec.h"
#include "coldstart/study/trial_files.h"

namespace coldstart::study {

// Why the attempt was ended by us.
enum class Stop : uint8_t { none, asked, time, silence, disk, not_finite, contract };

struct Ending {
  Stop stop = Stop::none;
  bool built_in = false;
  int exit_status = 0;           // when no signal ended it
  int signal = 0;                // that ended it; 0: none
  bool memory_ran_out = false;   // the system has killed processes for memory meanwhile
  LogPosition log = {};          // of metrics.jsonl, read to its end
  std::string output_tail = {};  // of log.txt
  std::string metric = {};
  int64_t max_steps = 0;
  Limits limits = {};
};

// State, reason, note and exit_status; attempt and time are the caller's.
Result judge(const Ending& ending);

}  // namespace coldstart::study
