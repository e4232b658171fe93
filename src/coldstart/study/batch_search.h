// Which batch size reaches a loss soonest, and how noisy gradients are on the way: real runs of the
// built-in trainer for `coldstart throughput --target` and `--noise-scale`. What the numbers mean
// is plan/batch_advisor.h.
//
// The learning rate is tuned anew for every batch (playbook L358-374): three rates a factor 2 apart
// around that of the configuration times sqrt(batch / its batch), the scaling of Adam and sign
// updates while noise dominates (Malladi et al. 2022, arXiv:2205.10287). Rates are constant after
// the warmup, since a decay would have to know the length beforehand.
// Playbook L266-356; design 6.14. Test: tests/study/batch_search_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/plan/batch_advisor.h"
#include "coldstart/study/probe.h"

namespace coldstart::study {

struct LossTarget {
  double loss = 0;                    // of validation, nats a token
  std::vector<int64_t> batches = {};  // sequences a step, increasing
  int64_t most_steps = 0;             // of each run
};

// A verdict, or the signal that stopped the runs.
struct BatchAnswer {
  plan::Verdict verdict = {};
  int signal = 0;
};

// The largest batch and those a half and a quarter as large, of the batches worth considering.
std::vector<int64_t> three_batches(const std::vector<int64_t>& considered);

// ConfigError when the untrained model is as good as the target.
BatchAnswer search_batch(const train::RunConfig& config, const std::filesystem::path& directory,
                         const LossTarget& target, kernels::Kernels& kernels,
                         train::RunObserver& observer);

// The configuration's own run, its batch in two micro-batches at least. ConfigError for a batch of
// one sequence.
BatchAnswer measure_noise_scale(const train::RunConfig& config,
                                const std::filesystem::path& directory, kernels::Kernels& kernels,
                                train::RunObserver& observer);

}  // namespace coldstart::study
