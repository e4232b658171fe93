// From what a user says (shape, steps, warmup, cooldown) to a Schedule of whole steps.
//
//   inside:   W comes out of the steps given,  total = steps
//   prepend:  W comes before them,             total = steps + W; the rest is as without warmup
//   trapezoid  D = round(cooldown * steps), H = what is left
//   cosine, linear  D = everything after the warmup, H = 0        constant  D = 0
// A share of warmup is a share of the steps given. Test: tests/schedule/make_test.cpp.
#pragma once

#include "coldstart/core/enum_text.h"
#include "coldstart/core/length.h"
#include "coldstart/schedule/schedule.h"

namespace coldstart::schedule {

enum class Shape : uint8_t { trapezoid, cosine, linear, constant };

struct ScheduleRequest {
  Shape shape = Shape::trapezoid;
  int64_t steps = 0;
  Length warmup = {};
  WarmupMode mode = WarmupMode::inside;
  WarmupFirst first = WarmupFirst::one;
  double cooldown = 0.5;  // share of steps; trapezoid only
  double base = 0;        // peak learning rate
  double final_ratio = 0;
};

// ConfigError when warmup and cooldown do not fit into the steps.
Schedule make_schedule(const ScheduleRequest& request);

}  // namespace coldstart::schedule

template <>
struct coldstart::EnumText<coldstart::schedule::Shape> {
  using E = schedule::Shape;
  static constexpr auto names = enum_names<E>({{E::trapezoid, "trapezoid"},
                                               {E::cosine, "cosine"},
                                               {E::linear, "linear"},
                                               {E::constant, "constant"}});
};
