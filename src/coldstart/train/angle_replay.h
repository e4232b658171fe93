// AngleReplay: the angles of optimizer.rotation_replay, read from the records of another run.
//
// Where angular_update was recorded of every tensor at every step, a rotational optimizer can turn
// each matrix by exactly the angle that another optimizer turned it by: the direction differs, the
// size of every step does not. The records are taken as they are; a name, a step or a number that
// does not fit is an error before the first step. Test: tests/train/angle_replay_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coldstart/optim/groups.h"
#include "coldstart/tensor/param.h"

namespace coldstart::train {

struct AngleReplay {
  int64_t first_step = 1;      // of the records, which number the first update 1
  size_t params = 0;           // 0: nothing is replayed
  std::vector<double> angles;  // (steps, params), radians; 0 where nothing is rotational

  // Of one update, one a parameter; empty when nothing is replayed.
  std::span<const double> at(int64_t step) const;
};

// The steps [first_step, first_step + steps) of `run`: a run directory, or its metrics.jsonl.
// ConfigError when it is not there; DataError, with the place, for a tensor that the model does not
// have, and for a rotational one without an angle of 0 or more and less than pi/2 at every step.
AngleReplay read_angle_replay(const std::string& run, std::span<const ParamSpec> specs,
                              const optim::GroupRules& rules, int64_t first_step, int64_t steps);

}  // namespace coldstart::train
