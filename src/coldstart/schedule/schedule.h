// Schedule: the learning rate as a function of the step; a value that is compared, printed, stored
// and extended.
//
// Three phases: warmup W, hold H, decay D; total = W + H + D steps, step counts from 0.
//   warmup  lr = base * ramp.factor(step, W)          warmup_shape.h
//   hold    lr = base
//   decay   lr = base * fall.factor(step - W - H, D)  decay_shape.h
// Steps at or beyond total() keep the final rate. W = 0: no warmup; D = 0: constant.
// WarmupMode says how a length given by the user became W + H + D: `inside` takes W out of the
// total, `prepend` adds it (tuning playbook, "Determining the number of steps"; both are printed).
// Test: tests/schedule/schedule_test.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"
#include "coldstart/schedule/decay_shape.h"
#include "coldstart/schedule/warmup_shape.h"

namespace coldstart::schedule {

enum class WarmupMode : uint8_t { inside, prepend };

struct Schedule {
  int64_t warmup = 0, hold = 0, decay = 0;  // steps
  WarmupMode mode = WarmupMode::inside;
  double base = 0;  // peak learning rate
  WarmupCurve ramp = {};
  DecayCurve fall = {};

  int64_t total() const { return warmup + hold + decay; }
  double factor(int64_t step) const;  // lr(step) / base
  double lr(int64_t step) const { return base * factor(step); }
  double area(int64_t from, int64_t to) const;  // sum of lr over [from, to)
  bool operator==(const Schedule&) const = default;

  // For checkpoints and records; names and meaning as above.
  template <class V>
  void fields(V&& v) {
    v("warmup", warmup, {"warmup", at_least(0), "steps"});
    v("hold", hold, {"constant rate", at_least(0), "steps"});
    v("decay", decay, {"decay", at_least(0), "steps"});
    v("mode", mode, {"warmup taken out of the total, or added to it"});
    v("base", base, {"peak learning rate", at_least(0)});
    v("warmup_shape", ramp.shape, {"shape of the warmup"});
    v("first", ramp.first, {"its steps count from 1 (one) or from 0 (zero)"});
    v("warmup_start", ramp.start, {"factor it begins at", between(0, 1)});
    v("warmup_rate", ramp.rate, {"rate of the untuned and matched shapes", between(0, 1)});
    v("shape", fall.shape, {"shape of the decay"});
    v("final_ratio", fall.final_ratio, {"final rate / peak rate", between(0, 1)});
    v("power", fall.power, {"exponent of the power decay", above(0)});
    v("drops", fall.drops, {"how often the step decay falls", at_least(1)});
    v("timescale", fall.timescale, {"of the inverse square root", at_least(0), "steps"});
  }
};

// "100 linear warmup (inside) + 400 hold + 500 linear decay to 0, peak 0.001"
std::string describe(const Schedule& schedule);

}  // namespace coldstart::schedule

template <>
struct coldstart::EnumText<coldstart::schedule::WarmupMode> {
  using E = schedule::WarmupMode;
  static constexpr auto names = enum_names<E>({{E::inside, "inside"}, {E::prepend, "prepend"}});
};
