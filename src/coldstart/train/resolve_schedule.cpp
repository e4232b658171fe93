#include "coldstart/train/resolve_schedule.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"
#include "coldstart/optim/registry.h"

namespace coldstart::train {

namespace {

constexpr const char* kHint = "give steps, or data such as \"3 epochs\"";

void refuse_steps(const std::string& what) { throw ConfigError("train.steps", what, kHint); }

// Steps that an amount of data comes to; from here on it is a number of steps everywhere.
void data_to_steps(Length& length, const char* where, const LengthScale& scale,
                   std::vector<std::string>& reasons) {
  if (!length.is_data()) return;
  const Length steps = length.steps_of(scale, where);
  const std::string epoch = length.unit() == Length::Unit::epochs
                                ? fmt::format(", {} an epoch", scale.tokens_per_epoch)
                                : "";
  reasons.push_back(fmt::format("{} {} = {}, {} tokens a step{}", where, steps.text(),
                                length.text(), scale.tokens_per_step, epoch));
  length = steps;
}

}  // namespace

schedule::Schedule resolve_schedule(RunConfig& config, int64_t data_tokens,
                                    std::vector<std::string>& reasons) {
  schedule::ScheduleOptions& s = config.schedule;
  schedule::RunScale run{.steps = 0,
                         .base = config.optimizer.lr,
                         .tokens_per_step = config.train.batch_tokens,
                         .tokens_per_epoch = data_tokens,
                         .beta2 = optim::second_moment_decay(config.optimizer),
                         .weight_decay = config.optimizer.weight_decay.value_or(0)};
  Length& steps = config.train.steps;
  if (steps.is_share())
    refuse_steps(
        fmt::format("a share of what? This is the length of the run; got {}", steps.text()));
  data_to_steps(steps, "train.steps", run.lengths(), reasons);
  run.steps = steps.steps_of(run.lengths(), "train.steps");
  if (run.steps < 1) refuse_steps(fmt::format("got {} steps, expected 1 or more", run.steps));
  data_to_steps(s.warmup, "schedule.warmup", run.lengths(), reasons);
  data_to_steps(s.hold, "schedule.hold", run.lengths(), reasons);

  schedule::Schedule made = schedule::make_schedule(s, run);
  const auto because = [&](std::string reason) { reasons.push_back(std::move(reason)); };
  if (s.warmup.is_share())
    because(
        fmt::format("warmup {} steps = {} of {} steps", made.warmup, s.warmup.text(), run.steps));
  if (schedule::has_own_length(made.ramp.shape))
    because(fmt::format("warmup {} steps = length of {} at a rate of {:.4g} a step", made.warmup,
                        enum_name(made.ramp.shape), made.ramp.rate));
  if (s.hold.is_share())
    because(fmt::format("hold {} steps = {} of {} steps", made.hold, s.hold.text(), run.steps));
  if (made.total() != run.steps)
    because(fmt::format("{} steps in all = {} + prepended warmup {}", made.total(), run.steps,
                        made.warmup));
  if (made.fall.shape == schedule::DecayShape::inverse_sqrt && s.decay_timescale == 0)
    because(fmt::format("decay_timescale {} = warmup + hold", made.fall.timescale));
  if (s.shape == schedule::Shape::trapezoid)
    because(fmt::format("cooldown {} steps = {} x {} steps", made.decay, s.cooldown, run.steps));
  return made;
}

}  // namespace coldstart::train
