// ScheduleOptions: everything a user can say about the learning rate over a run, the table
// [schedule]. make.h turns it into a Schedule. Test: tests/schedule/make_test.cpp.
#pragma once

#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"
#include "coldstart/core/length.h"
#include "coldstart/schedule/schedule.h"

namespace coldstart::schedule {

// What stands after the warmup: a hold with a cooldown at the end, a constant rate, or a hold (none
// by default) and a decay over all that is left.
enum class Shape : uint8_t {
  trapezoid,
  constant,
  linear,
  cosine,
  one_minus_sqrt,
  exponential,
  inverse_sqrt,
  power,
  step
};

struct ScheduleOptions {
  Shape shape = Shape::trapezoid;
  double cooldown = 0.5;
  DecayShape cooldown_shape = DecayShape::linear;
  Length hold = {};
  double final_ratio = 0;
  double decay_power = DecayCurve().power;
  int64_t decay_drops = DecayCurve().drops;
  int64_t decay_timescale = 0;
  Length warmup = {};
  WarmupShape warmup_shape = WarmupShape::linear;
  WarmupMode warmup_mode = WarmupMode::inside;
  WarmupFirst warmup_first = WarmupFirst::one;
  double warmup_start = WarmupCurve().start;
  double width_multiplier = 1;

  template <class V>
  void fields(V&& v) {
    v("shape", shape,
      {"shape of the learning rate over the run; all but trapezoid and constant decay from the "
       "end of the hold on"});
    v("cooldown", cooldown, {"share of train.steps that decays; trapezoid only", between(0, 1)});
    v("cooldown_shape", cooldown_shape, {"shape of that decay; trapezoid only"});
    v("hold", hold,
      {"steps at the peak rate before the decay, or a share of the run; trapezoid and constant "
       "have their own",
       between(0, 1e12), "steps"});
    v("final_ratio", final_ratio,
      {"final rate / peak rate; exponential and step need it above 0", between(0, 1)});
    v("decay_power", decay_power, {"exponent of the power decay", between(1e-3, 1e3)});
    v("decay_drops", decay_drops,
      {"how often the step decay falls, by the same factor each time", between(1, 1000)});
    v("decay_timescale", decay_timescale,
      {"steps after which the inverse square root has fallen to 0.71; 0 = warmup + hold",
       between(0, 1e12), "steps"});
    v("warmup", warmup,
      {"warmup: steps, or a share of the run such as 2%", between(0, 1e12), "steps"});
    v("warmup_shape", warmup_shape,
      {"shape of the warmup; the length of untuned_* comes from beta2, that of matched_mup from lr "
       "and weight_decay"});
    v("warmup_mode", warmup_mode, {"warmup taken out of train.steps (inside) or added (prepend)"});
    v("warmup_first", warmup_first,
      {"rate of the first of W warmup steps: one = peak/W, zero = 0"});
    v("warmup_start", warmup_start,
      {"factor that the exponential warmup begins at", between(1e-12, 1)});
    v("width_multiplier", width_multiplier,
      {"width / the width that the rate was tuned at; matched_mup begins at 1 over it",
       between(1, 1e6)});
  }
};

}  // namespace coldstart::schedule

template <>
struct coldstart::EnumText<coldstart::schedule::Shape> {
  using E = schedule::Shape;
  static constexpr auto names = enum_names<E>({{E::trapezoid, "trapezoid"},
                                               {E::constant, "constant"},
                                               {E::linear, "linear"},
                                               {E::cosine, "cosine"},
                                               {E::one_minus_sqrt, "1-sqrt"},
                                               {E::exponential, "exponential"},
                                               {E::inverse_sqrt, "inverse_sqrt"},
                                               {E::power, "power"},
                                               {E::step, "step"}});
};
