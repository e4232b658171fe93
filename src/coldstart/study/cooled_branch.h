// A cooldown that leaves a trunk: where a run of constant rate may be left, and the configuration
// of the branch, which has the trunk's first steps and then a decay of its own.
//
//   trunk   W + H (+ D')      branch from step s   W + (s - W) + N,  W <= s <= W + H
// What a constant rate has reached is only seen after a cooldown (design, 6.1 E8); one trunk gives
// the result at many lengths for the price of the cooldowns. Playbook SX-05: the extra steps come
// from before the decay, never from its end. Test: tests/study/cooled_branch_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>

#include "coldstart/schedule/decay_shape.h"
#include "coldstart/train/config.h"

namespace coldstart::study {

struct Cooldown {
  int64_t steps = 0;  // > 0
  schedule::DecayShape shape = schedule::DecayShape::linear;
  double final_ratio = 0;
};

// The checkpoint that is nearest to a step. CheckpointError, with what there is, when none lies
// within a twentieth of it (ours).
struct BranchPoint {
  std::filesystem::path checkpoint;
  int64_t step = 0;
};
BranchPoint branch_point(const std::filesystem::path& run, int64_t from);

// trunk: resolved, as a run directory holds it (train::config_of_run). Its `out` stays empty.
// ConfigError when the rate at that step is not the trunk's peak, when the length of the trunk is
// not counted in steps (batch warmup), and for shapes that are no cooldown.
train::RunConfig cooled_config(const train::RunConfig& trunk, int64_t from,
                               const Cooldown& cooldown);

}  // namespace coldstart::study
