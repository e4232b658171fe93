#include "coldstart/adapt/batch_plan.h"

#include <algorithm>

#include "coldstart/core/error.h"

namespace coldstart::adapt {

namespace {

int64_t fewest_micro_batches(int64_t sequences, const BatchShape& shape) {
  const int64_t count = std::max(div_up(sequences, shape.micro), shape.fewest_micro);
  return count + (shape.even ? count % 2 : 0);
}

}  // namespace

StepBatch split_batch(int64_t sequences, const BatchShape& shape) {
  COLDSTART_CHECK(sequences >= 1, "{} sequences", sequences);
  const auto split = [&](int64_t fewest, int64_t stride) -> StepBatch {
    for (int64_t n = fewest; n <= sequences; n += stride)
      if (sequences % n == 0) return {sequences, n, sequences / n};
    return {};
  };
  const StepBatch allowed = split(fewest_micro_batches(sequences, shape), shape.even ? 2 : 1);
  return allowed.sequences > 0 ? allowed : split(div_up(sequences, shape.micro), 1);
}

int64_t batch_up_to(int64_t target, const BatchShape& shape) {
  const int64_t bounded = std::clamp<int64_t>(target, 1, shape.full);
  const int64_t n = fewest_micro_batches(bounded, shape);
  return std::min(std::max<int64_t>(1, bounded / n) * n, shape.full);
}

int64_t BatchPlan::sequences(int64_t step) const {
  if (stages.empty()) return shape.full;
  const auto after = std::upper_bound(
      stages.begin(), stages.end(), step,
      [](int64_t value, const BatchStage& stage) { return value < stage.first_step; });
  return std::prev(after)->sequences;
}

int64_t BatchPlan::ramp_sequences() const {
  int64_t sum = 0;
  for (size_t i = 0; i + 1 < stages.size(); ++i)
    sum += (stages[i + 1].first_step - stages[i].first_step) * stages[i].sequences;
  return sum;
}

int64_t BatchPlan::steps_for(int64_t batches) const {
  if (kind == BatchWarmup::none) return batches;
  if (kind == BatchWarmup::measured) return div_up(batches * shape.full, start);
  return stages.back().first_step + div_up(batches * shape.full - ramp_sequences(), shape.full);
}

BatchPlan plan_stages(const BatchShape& shape, int64_t start, int64_t steps) {
  BatchPlan plan{.kind = BatchWarmup::stages, .shape = shape, .start = start};
  int64_t doublings = 0;
  while (start << doublings < shape.full) ++doublings;
  COLDSTART_CHECK(start << doublings == shape.full, "{} doubles to no {}", start, shape.full);
  for (int64_t j = 0; j <= doublings; ++j)
    plan.stages.push_back(
        {.first_step = j == 0 ? 0 : div_up(steps * j, doublings), .sequences = start << j});
  return plan;
}

BatchPlan plan_linear(const BatchShape& shape, int64_t start, int64_t steps) {
  BatchPlan plan{.kind = BatchWarmup::linear, .shape = shape, .start = start};
  plan.stages.push_back({.first_step = 0, .sequences = start});
  for (int64_t t = 1; t <= steps; ++t) {
    const int64_t sequences =
        t == steps ? shape.full : batch_up_to(start + (shape.full - start) * t / steps, shape);
    if (sequences > plan.stages.back().sequences) plan.stages.push_back({t, sequences});
  }
  return plan;
}

}  // namespace coldstart::adapt
