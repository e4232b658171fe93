// Spikes of the training loss: sudden rises, and whether the run came back from them.
//
//   block   median of 5 steps' losses
//   lowest  the smallest median of 5 neighbouring blocks so far (the smallest of many single blocks
//           would lie ever lower by chance)
//   begins  block > lowest + max(6 MAD, 5 % of (first block - lowest)), MAD of the differences of
//           neighbouring steps / sqrt(2)
//   ends    block < lowest + max(1 % of lowest, 3 MAD)
//   SUSTAINED  it lasts longer than 5 % of the run, or does not end
//
// Early spikes (before max(2 warmup, 5 % of the run)) and later ones have different remedies
// (playbook L1819-1846); all numbers here are ours. A loss that is not finite ends the run and is a
// sustained spike by itself. Test: tests/plan/spikes_test.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "coldstart/plan/trial.h"

namespace coldstart::plan {

struct Spike {
  int64_t first_step = 0, last_step = 0;
  double height = 0;  // nats above the lowest block before it
  bool early = false;
  bool sustained = false;
  bool not_finite = false;
};

struct SpikeRule {
  double mads = 6, share_of_fall = 0.05;  // begins
  double recovered = 0.01;                // ends
  double sustained = 0.05;                // of the run
  double early = 0.05;                    // of the run
};

// From the loss at every step; empty where there are fewer than 20 steps.
std::vector<Spike> find_spikes(const Trial& trial, const SpikeRule& rule = {});
bool any_sustained(const std::vector<Spike>& spikes);

}  // namespace coldstart::plan
