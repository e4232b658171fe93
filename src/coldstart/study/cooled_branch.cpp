#include "coldstart/study/cooled_branch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/checkpoint/retention.h"
#include "coldstart/core/error.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr double kNear = 0.05;        // of the step that was asked for
constexpr int64_t kEvaluations = 25;  // of a cooldown, at least: a prediction wants 20

schedule::Shape shape_of(schedule::DecayShape decay) {
  using schedule::DecayShape;
  switch (decay) {
    case DecayShape::linear:
      return schedule::Shape::linear;
    case DecayShape::cosine:
      return schedule::Shape::cosine;
    case DecayShape::one_minus_sqrt:
      return schedule::Shape::one_minus_sqrt;
    case DecayShape::power:
      return schedule::Shape::power;
    case DecayShape::exponential:
      return schedule::Shape::exponential;
    default:
      throw ConfigError("cooldown", fmt::format("'{}' is no cooldown", enum_name(decay)),
                        "expected linear, cosine, 1-sqrt, power or exponential");
  }
}

}  // namespace

BranchPoint branch_point(const fs::path& run, int64_t from) {
  const fs::path checkpoints = run / "checkpoints";
  const std::vector<int64_t> steps = checkpoint::list_checkpoints(checkpoints);
  if (steps.empty()) checkpoint::find_checkpoint(run);  // says what is missing
  const int64_t nearest =
      *std::ranges::min_element(steps, {}, [&](int64_t step) { return std::abs(step - from); });
  if (static_cast<double>(std::abs(nearest - from)) > kNear * static_cast<double>(from))
    throw CheckpointError(
        "--from", fmt::format("'{}' has no checkpoint near step {}", run.string(), from),
        fmt::format("it has those of step {}; a run keeps more with --trunk_at {}",
                    fmt::join(steps, ", "), from));
  return {checkpoint::checkpoint_path(checkpoints, nearest), nearest};
}

train::RunConfig cooled_config(const train::RunConfig& trunk, int64_t from,
                               const Cooldown& cooldown) {
  if (cooldown.steps < 1)
    throw ConfigError("--steps", fmt::format("a cooldown of {} steps", cooldown.steps),
                      "expected 1 or more");
  const train::ResolvedConfig resolved = train::resolve(trunk, trunk.model.vocab);
  if (resolved.batches.kind != adapt::BatchWarmup::none)
    throw ConfigError("branch", "the batch of this run grows, so its steps are not its schedule's",
                      "branch from a run without batch.batch_warmup");
  const schedule::Schedule& s = resolved.schedule;
  const bool constant = s.decay == 0 || s.fall.shape == schedule::DecayShape::none;
  const int64_t held_to = constant ? std::max(s.total(), from) : s.warmup + s.hold;
  if (from < s.warmup || from > held_to) {
    const std::string hint =
        held_to > s.warmup
            ? fmt::format("choose a checkpoint between steps {} and {}", s.warmup, held_to)
            : "the rate of this run falls from its first step on; train a trunk "
              "with --schedule.shape constant";
    throw ConfigError("--from",
                      fmt::format("at step {} the rate is {:.3g} of its peak ({})", from,
                                  s.factor(from), schedule::describe(s)),
                      hint);
  }
  train::RunConfig config = trunk;
  schedule::ScheduleOptions& o = config.schedule;
  const schedule::ScheduleOptions defaults;
  o.shape = shape_of(cooldown.shape);
  o.cooldown = defaults.cooldown;
  o.cooldown_shape = defaults.cooldown_shape;
  o.decay_power = defaults.decay_power;
  o.decay_drops = defaults.decay_drops;
  o.decay_timescale = defaults.decay_timescale;
  o.final_ratio = cooldown.final_ratio;
  if (o.warmup.is_share()) o.warmup = s.warmup;  // of another length now
  o.hold = from - s.warmup;
  const bool before = s.mode == schedule::WarmupMode::prepend;
  config.train.steps = from + cooldown.steps - (before ? s.warmup : 0);
  const int64_t often = std::max<int64_t>(1, cooldown.steps / kEvaluations);
  if (config.train.eval_every == 0 || config.train.eval_every > often)
    config.train.eval_every = often;
  config.train.trunk_at.clear();
  config.train.out.clear();
  return config;
}

}  // namespace coldstart::study
