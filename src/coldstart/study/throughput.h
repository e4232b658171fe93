// The throughput of the built-in trainer over batch sizes, for `coldstart throughput`: a few real
// steps at each, and how much of the time the data took. What the numbers mean is
// plan/batch_advisor.h. Playbook L218-254, L1370-1398. Test: tests/study/throughput_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "coldstart/plan/batch_advisor.h"
#include "coldstart/study/probe.h"

namespace coldstart::study {

// Powers of two from low to high, sequences a step. "8:256", or "8..256"; ConfigError.
std::vector<int64_t> parse_batches(std::string_view text);

struct Throughput {
  std::vector<plan::ThroughputRow> rows;
  int signal = 0;  // that stopped it
};
// Ends at the first batch that needs more memory than there is; that row says so. steps: timed at
// each batch, after two that are not.
Throughput measure_throughput(const train::RunConfig& config,
                              const std::filesystem::path& directory,
                              const std::vector<int64_t>& batches, int64_t steps,
                              kernels::Kernels& kernels, train::RunObserver& observer);

}  // namespace coldstart::study
