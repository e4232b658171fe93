#include "coldstart/schedule/make.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::schedule {

Schedule make_schedule(const ScheduleRequest& request) {
  COLDSTART_CHECK(request.steps >= 0, "{} steps", request.steps);
  Schedule schedule{.warmup = request.warmup.steps_of(request.steps),
                    .mode = request.mode,
                    .first = request.first,
                    .base = request.base,
                    .final_ratio = request.final_ratio};
  // Steps that hold and decay share.
  const int64_t rest =
      request.mode == WarmupMode::inside ? request.steps - schedule.warmup : request.steps;
  if (rest < 0)
    throw ConfigError("schedule.warmup",
                      fmt::format("the warmup is longer than the run; got {} steps of warmup, "
                                  "expected at most {}",
                                  schedule.warmup, request.steps),
                      "shorten schedule.warmup, or add it to the run with "
                      "schedule.warmup_mode = prepend");
  switch (request.shape) {
    case Shape::trapezoid:
      schedule.decay = std::llround(request.cooldown * static_cast<double>(request.steps));
      break;
    case Shape::cosine:
      schedule.shape = DecayShape::cosine;
      schedule.decay = rest;
      break;
    case Shape::linear:
      schedule.decay = rest;
      break;
    case Shape::constant:
      break;
  }
  if (schedule.decay == 0) schedule.shape = DecayShape::none;
  schedule.hold = rest - schedule.decay;
  if (schedule.hold < 0)
    throw ConfigError(
        "schedule.cooldown",
        fmt::format("warmup and cooldown do not fit into the run; got {} + {} steps, expected at "
                    "most {}",
                    schedule.warmup, schedule.decay, request.steps),
        "shorten schedule.warmup or schedule.cooldown, or lengthen train.steps");
  return schedule;
}

}  // namespace coldstart::schedule
