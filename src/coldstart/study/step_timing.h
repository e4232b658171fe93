// How long the steps of a run took, from its timings.jsonl. Test: tests/study/throughput_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>

namespace coldstart::study {

struct StepTiming {
  double step_s = 0;      // of the median step, evaluations and checkpoints apart; 0: no timed step
  double data_share = 0;  // of the time of all steps, spent waiting for data
};
// The first two steps do not count: memory is touched for the first time, scratch grows.
StepTiming step_timing(const std::filesystem::path& run);

inline constexpr int64_t kUntimedSteps = 2;

}  // namespace coldstart::study
