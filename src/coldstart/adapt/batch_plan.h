// How many sequences each optimizer step takes, and in which micro-batches.
//
//   stages  start, 2 start, 4 start, ... full: J doublings in W steps, W/J steps each
//   linear  start + (full - start) t / W at step t < W, never less than before, rounded down so
//           that it splits into equal micro-batches; full from step W on
// A run takes N full batches of tokens, whatever the plan: its last step takes what is left of
// them. The schedule and the pace of a curriculum count in full batches, position = tokens /
// full batch, so that the rate is the same function of the tokens with and without a plan; without
// one a position is a step. warmup.md 10.7; tuning playbook, "Choosing the batch size". Test:
// tests/adapt/batch_plan_test.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "coldstart/adapt/batch_options.h"

namespace coldstart::adapt {

struct StepBatch {
  int64_t sequences = 0;  // = micro_batches * micro_sequences
  int64_t micro_batches = 0, micro_sequences = 0;
  bool operator==(const StepBatch&) const = default;
};

// What a batch may be; all in sequences.
struct BatchShape {
  int64_t full = 1;          // a multiple of micro
  int64_t micro = 1;         // most that a forward pass takes
  int64_t fewest_micro = 1;  // 2 where something compares micro-batches
  bool even = false;         // an even number of them
};

// Into as few equal micro-batches as the shape allows; where no number of them is allowed, the rule
// for `fewest_micro` and `even` is dropped.
StepBatch split_batch(int64_t sequences, const BatchShape& shape);

// The largest batch up to `target` that splits into equal, nearly full micro-batches; at least one
// sequence each, at most the full batch.
int64_t batch_up_to(int64_t target, const BatchShape& shape);

struct BatchStage {
  int64_t first_step = 0, sequences = 0;
  bool operator==(const BatchStage&) const = default;
};

struct BatchPlan {
  BatchWarmup kind = BatchWarmup::none;
  BatchShape shape;
  int64_t start = 1;                    // sequences of the first step
  std::vector<BatchStage> stages = {};  // fixed plans: growing; the last one is the full batch

  int64_t sequences(int64_t step) const;     // fixed plans
  int64_t ramp_sequences() const;            // of all steps below the full batch
  int64_t steps_for(int64_t batches) const;  // steps that so many full batches take: at most, where
                                             // the batch is measured
};

// start: sequences; steps: W >= 1.
BatchPlan plan_stages(const BatchShape& shape, int64_t start, int64_t steps);
BatchPlan plan_linear(const BatchShape& shape, int64_t start, int64_t steps);

}  // namespace coldstart::adapt
