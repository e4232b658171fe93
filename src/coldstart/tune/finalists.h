// Finalists: the checkpoints that may be chosen in the end, best validation loss first.
//
// Every checkpoint that is still there counts, whatever run it is of: on a text that is soon learnt
// by heart a cooled run of round 1 can be better than all of the production run (CK-01). Of the
// cooled runs of round 1 only the kFinalists best keep theirs. Test: tests/tune/finalists_test.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/tune/runs.h"

namespace coldstart::tune {

inline constexpr size_t kFinalists = 3;  // that are scored on the test text

struct Finalist {
  std::string run;
  std::filesystem::path checkpoint;
  int64_t step = 0;
  double val_loss = NAN;
};

// The kFinalists best of all runs that are over; a run that diverged has what it kept before.
std::vector<Finalist> finalists(const Runs& runs);

// Removes the models of cooled runs that are no longer among the kFinalists best of them.
void drop_outrun(const Runs& runs);

}  // namespace coldstart::tune
