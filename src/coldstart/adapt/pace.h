// Pace: the share c of a curriculum that counts at a step, growing in stages from `start` to 1.
//
//   stage j = floor(position * stages / length)
//   linear  c_j = start + (1 - start) j / stages
//   root    c_j = sqrt(start^2 + (1 - start^2) j / stages)      (Platanios et al. 2019, p = 2)
// c = 1 from position = length on. A position is a step of the schedule (batch_plan.h). A function
// of the position alone: with a length in steps a longer run has the same pace, with a share of the
// run it is stretched. Test: tests/adapt/pace_test.cpp.
#pragma once

#include <cstdint>

namespace coldstart::adapt {

enum class PaceShape : uint8_t { linear, root };

struct Pace {
  int64_t length = 0;  // steps until everything counts; 0: from the first step on
  int64_t stages = 1;
  double start = 1;
  PaceShape shape = PaceShape::linear;

  double share(int64_t position) const;
  double share_of_stage(int64_t stage) const;
  int64_t first_position(int64_t stage) const;  // of stage 0 .. stages; stage `stages` is the end
};

}  // namespace coldstart::adapt
