// The checkpoints that a run kept as its best, scored again on the whole validation set: the loss
// that was looked at during training is of a sample, and stands in for this one.
//
// Playbook ME-01 (L124-126, L1412-1431). Test: tests/train/rescore_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "coldstart/kernels/kernels.h"

namespace coldstart::train {

struct Rescored {
  int64_t step = 0;
  double during_training = 0;  // validation loss on train.eval_tokens tokens
  double whole = 0;            // on all that were asked for
  int64_t tokens = 0;          // so many
};

// Best on the whole set first; eval_tokens 0: all. CheckpointError when the run kept none.
std::vector<Rescored> rescore(const std::filesystem::path& run, kernels::Kernels& kernels,
                              int64_t eval_tokens = 0);

// The step that the evaluations during training would have picked, of what rescore() gives.
int64_t picked_during_training(const std::vector<Rescored>& rescored);

}  // namespace coldstart::train
