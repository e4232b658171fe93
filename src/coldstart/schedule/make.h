// From what a user says (shape, lengths, modes) to a Schedule of whole steps.
//
//   inside:   W comes out of the steps given,  total = steps
//   prepend:  W comes before them,             total = steps + W; the rest is as without warmup
//   trapezoid  D = round(cooldown * steps), H = what is left       constant  D = 0
//   the other shapes  H = hold, D = everything after it
// A share is a share of the steps given. The lengths of untuned and matched warmups are their own.
// Test: tests/schedule/make_test.cpp.
#pragma once

#include <optional>

#include "coldstart/schedule/options.h"

namespace coldstart::schedule {

// What a schedule needs to know of its run.
struct RunScale {
  int64_t steps = 0;
  double base = 0;                   // peak learning rate
  int64_t tokens_per_step = 0;       // for lengths in tokens; 0: unknown
  int64_t tokens_per_epoch = 0;      // for lengths in epochs; 0: unknown
  std::optional<double> beta2 = {};  // of a second moment, when the optimizer has one
  double weight_decay = 0;

  LengthScale lengths() const {
    return {.total_steps = steps,
            .tokens_per_step = tokens_per_step,
            .tokens_per_epoch = tokens_per_epoch};
  }
};

// ConfigError when the phases do not fit into the steps, when a shape lacks what it needs, or when
// an option was set that this schedule does not read.
Schedule make_schedule(const ScheduleOptions& options, const RunScale& run);

}  // namespace coldstart::schedule
