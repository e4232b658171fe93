// BatchOptions: batch-size warmup, the table [batch].
//
// The critical batch of a gradient is small at the start of a run and grows (McCandlish et al.,
// arXiv 1812.06162; Merrill et al. 2025): early on a small batch learns as much from fewer tokens.
// The run's tokens stay those of train.steps full batches, so it takes more steps.
// What acts on it: batch_plan.h. Test: tests/adapt/batch_plan_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"
#include "coldstart/core/length.h"

namespace coldstart::adapt {

enum class BatchWarmup : uint8_t { none, stages, linear, measured };
enum class BatchRate : uint8_t { keep, sqrt, rrc };

struct BatchOptions {
  BatchWarmup batch_warmup = BatchWarmup::none;
  int64_t batch_warmup_start = 0;
  Length batch_warmup_steps = Length::of_percent(10);
  BatchRate batch_warmup_lr = BatchRate::keep;
  double batch_warmup_factor = 1;
  int64_t batch_warmup_patience = 10;

  template <class V>
  void fields(V&& v) {
    v("batch_warmup", batch_warmup,
      {"how the batch grows to train.batch_tokens at equal tokens of the run: doubling in stages, "
       "linear in steps, or following the measured critical batch (never shrinking, at most "
       "doubling at a time; splits the batch into micro-batches)"});
    v("batch_warmup_start", batch_warmup_start,
      {"tokens of the first step; 0 = an eighth of train.batch_tokens", between(0, 1e12),
       "tokens"});
    v("batch_warmup_steps", batch_warmup_steps,
      {"optimizer steps until the batch is full, or a share of train.steps; stages and linear only",
       between(1, 1e7), "steps"});
    v("batch_warmup_lr", batch_warmup_lr,
      {"learning rate of a batch b below the full batch B: as it is (keep), times sqrt(b/B), or "
       "times sqrt((phi + 1/B) / (phi + 1/b)) with the measured phi (rrc)"});
    v("batch_warmup_factor", batch_warmup_factor,
      {"batch aimed at / measured critical batch; measured only", between(1e-3, 1e3)});
    v("batch_warmup_patience", batch_warmup_patience,
      {"steps in a row that must aim higher before the batch grows; measured only", between(1, 1e6),
       "steps"});
  }
};

}  // namespace coldstart::adapt

template <>
struct coldstart::EnumText<coldstart::adapt::BatchWarmup> {
  using E = adapt::BatchWarmup;
  static constexpr auto names = enum_names<E>(
      {{E::none, "none"}, {E::stages, "stages"}, {E::linear, "linear"}, {E::measured, "measured"}});
};
template <>
struct coldstart::EnumText<coldstart::adapt::BatchRate> {
  using E = adapt::BatchRate;
  static constexpr auto names =
      enum_names<E>({{E::keep, "keep"}, {E::sqrt, "sqrt"}, {E::rrc, "rrc"}});
};
