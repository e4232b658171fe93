#include "coldstart/schedule/make.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::schedule {

namespace {

void require(bool good, std::string_view where, const std::string& what, std::string_view hint) {
  if (!good) throw ConfigError(where, what, hint);
}

DecayShape decay_shape_of(const ScheduleOptions& o) {
  switch (o.shape) {
    case Shape::trapezoid:
      return o.cooldown_shape;
    case Shape::constant:
      return DecayShape::none;
    case Shape::linear:
      return DecayShape::linear;
    case Shape::cosine:
      return DecayShape::cosine;
    case Shape::one_minus_sqrt:
      return DecayShape::one_minus_sqrt;
    case Shape::exponential:
      return DecayShape::exponential;
    case Shape::inverse_sqrt:
      return DecayShape::inverse_sqrt;
    case Shape::power:
      return DecayShape::power;
    case Shape::step:
      break;
  }
  return DecayShape::step;
}

// An option that was set and that this schedule has no use for is a mistake.
void refuse_unread(const ScheduleOptions& o, DecayShape decay) {
  const ScheduleOptions defaults;
  const auto refuse = [&](bool set, bool read, const char* option, const std::string& value,
                          const char* reader) {
    require(!set || read, fmt::format("schedule.{}", option),
            fmt::format("this schedule does not use it; got {} = {} with shape {} and warmup_shape "
                        "{}",
                        option, value, enum_name(o.shape), enum_name(o.warmup_shape)),
            fmt::format("leave it out, or set {}", reader));
  };
  refuse(o.cooldown_shape != defaults.cooldown_shape, o.shape == Shape::trapezoid, "cooldown_shape",
         std::string(enum_name(o.cooldown_shape)), "schedule.shape = trapezoid");
  refuse(o.hold != defaults.hold, o.shape != Shape::trapezoid && o.shape != Shape::constant, "hold",
         o.hold.text(), "schedule.shape to one that decays after a hold, such as linear");
  refuse(o.decay_power != defaults.decay_power, decay == DecayShape::power, "decay_power",
         fmt::format("{}", o.decay_power), "the shape power");
  refuse(o.decay_drops != defaults.decay_drops, decay == DecayShape::step, "decay_drops",
         fmt::format("{}", o.decay_drops), "the shape step");
  refuse(o.decay_timescale != defaults.decay_timescale, decay == DecayShape::inverse_sqrt,
         "decay_timescale", fmt::format("{}", o.decay_timescale), "the shape inverse_sqrt");
  refuse(o.warmup_start != defaults.warmup_start, o.warmup_shape == WarmupShape::exponential,
         "warmup_start", fmt::format("{}", o.warmup_start), "schedule.warmup_shape = exponential");
  refuse(o.width_multiplier != defaults.width_multiplier,
         o.warmup_shape == WarmupShape::matched_mup, "width_multiplier",
         fmt::format("{}", o.width_multiplier), "schedule.warmup_shape = matched_mup");
}

// Shape and constants of the warmup; nothing of it where there is none.
WarmupCurve ramp_of(const ScheduleOptions& o, const RunScale& run) {
  WarmupCurve ramp{.shape = o.warmup_shape, .first = o.warmup_first};
  const std::string name(enum_name(o.warmup_shape));
  if (has_own_length(ramp.shape) || ramp.shape == WarmupShape::none) {
    require(o.warmup == Length(), "schedule.warmup",
            fmt::format("a warmup of shape {} takes no length; got {}", name, o.warmup.text()),
            "leave schedule.warmup out, or choose another schedule.warmup_shape");
  }
  if (ramp.shape == WarmupShape::exponential) ramp.start = o.warmup_start;
  if (ramp.shape == WarmupShape::untuned_linear || ramp.shape == WarmupShape::untuned_exponential) {
    require(run.beta2.has_value(), "schedule.warmup_shape",
            fmt::format("{} takes its length from the second moment's beta2, which this optimizer "
                        "does not have",
                        name),
            "take an optimizer of the Adam kind, or another schedule.warmup_shape");
    ramp.rate = 1 - *run.beta2;
  }
  if (ramp.shape == WarmupShape::matched_mup) {
    ramp.rate = run.base * run.weight_decay;
    require(ramp.rate > 0 && ramp.rate < 1, "schedule.warmup_shape",
            fmt::format("matched_mup rises at the rate lr x weight_decay; got {} x {}, expected "
                        "above 0 and below 1",
                        run.base, run.weight_decay),
            "set optimizer.weight_decay, or choose another schedule.warmup_shape");
    require(o.width_multiplier > 1, "schedule.width_multiplier",
            fmt::format("matched_mup begins at 1/width_multiplier; got {}, expected above 1",
                        o.width_multiplier),
            "set it to model.width / the width that the rate was tuned at");
    ramp.start = 1 / o.width_multiplier;
  }
  return ramp;
}

int64_t warmup_steps(const ScheduleOptions& o, const WarmupCurve& ramp, const RunScale& run) {
  if (!has_own_length(ramp.shape)) return o.warmup.steps_of(run.lengths(), "schedule.warmup");
  constexpr double kMost = 1e12;
  const double steps = own_length(ramp);
  require(steps <= kMost, "schedule.warmup_shape",
          fmt::format("a warmup of shape {} would take {:.3g} steps here", enum_name(ramp.shape),
                      steps),
          "its rate is too small to mean anything");
  return static_cast<int64_t>(steps);
}

void check_decay(const ScheduleOptions& o, const Schedule& made) {
  const DecayShape shape = made.fall.shape;
  require(!needs_final_ratio(shape) || o.final_ratio > 0, "schedule.final_ratio",
          fmt::format("the shape {} multiplies the rate down and never comes to 0; got {}, "
                      "expected above 0",
                      enum_name(shape), o.final_ratio),
          "set schedule.final_ratio, for example 0.01");
  if (shape != DecayShape::inverse_sqrt) return;
  require(o.final_ratio == 0, "schedule.final_ratio",
          fmt::format("the shape inverse_sqrt falls by its timescale alone; got {}", o.final_ratio),
          "leave schedule.final_ratio out, or set schedule.decay_timescale");
  require(made.fall.timescale > 0, "schedule.decay_timescale",
          "the shape inverse_sqrt needs a timescale; without warmup and hold there is none",
          "set schedule.decay_timescale, for example to a tenth of the run");
}

}  // namespace

Schedule make_schedule(const ScheduleOptions& o, const RunScale& run) {
  COLDSTART_CHECK(run.steps >= 0, "{} steps", run.steps);
  const DecayShape decay = decay_shape_of(o);
  refuse_unread(o, decay);
  require(o.shape != Shape::trapezoid || decay != DecayShape::none || o.cooldown == 0,
          "schedule.cooldown_shape", "a cooldown of shape none is no cooldown",
          "set schedule.shape = constant");
  Schedule s{.mode = o.warmup_mode, .base = run.base, .ramp = ramp_of(o, run)};
  s.warmup = warmup_steps(o, s.ramp, run);
  if (s.warmup == 0) s.ramp = {.shape = WarmupShape::none};
  // Steps that hold and decay share.
  const int64_t rest = o.warmup_mode == WarmupMode::inside ? run.steps - s.warmup : run.steps;
  require(rest >= 0, "schedule.warmup",
          fmt::format("the warmup is longer than the run; got {} steps of warmup, expected at most "
                      "{}",
                      s.warmup, run.steps),
          "shorten schedule.warmup, or add it to the run with schedule.warmup_mode = prepend");
  if (o.shape == Shape::trapezoid) {
    s.decay = std::llround(o.cooldown * static_cast<double>(run.steps));
    require(s.decay <= rest, "schedule.cooldown",
            fmt::format("warmup and cooldown do not fit into the run; got {} + {} steps, expected "
                        "at most {}",
                        s.warmup, s.decay, run.steps),
            "shorten schedule.warmup or schedule.cooldown, or lengthen train.steps");
  } else if (o.shape != Shape::constant) {
    const int64_t hold = o.hold.steps_of(run.lengths(), "schedule.hold");
    require(hold <= rest, "schedule.hold",
            fmt::format("warmup and hold do not fit into the run; got {} + {} steps, expected at "
                        "most {}",
                        s.warmup, hold, run.steps),
            "shorten schedule.warmup or schedule.hold, or lengthen train.steps");
    s.decay = rest - hold;
  }
  s.hold = rest - s.decay;
  if (s.decay == 0) {
    s.fall = {.shape = DecayShape::none, .final_ratio = o.final_ratio};
    return s;
  }
  s.fall = {.shape = decay,
            .final_ratio = o.final_ratio,
            .power = o.decay_power,
            .drops = o.decay_drops,
            .timescale = o.decay_timescale};
  if (decay == DecayShape::inverse_sqrt && s.fall.timescale == 0)
    s.fall.timescale = s.warmup + s.hold;
  check_decay(o, s);
  return s;
}

}  // namespace coldstart::schedule
