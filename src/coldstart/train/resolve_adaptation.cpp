#include "coldstart/train/resolve_adaptation.h"

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/metrics/registry.h"
#include "coldstart/train/data_order.h"

namespace coldstart::train {

namespace {

void require(bool good, std::string_view where, const std::string& what, std::string_view hint) {
  if (!good) throw ConfigError(where, what, hint);
}

// An option that was set and that nothing reads is a mistake.
template <class T>
void require_read(std::string_view where, const T& value, const T& unset, bool read,
                  std::string_view hint) {
  require(read || value == unset, where, "it is set, and nothing reads it here", hint);
}

void check_order_options(const adapt::OrderOptions& o) {
  const adapt::OrderOptions unset;
  const bool on = o.curriculum != adapt::Curriculum::shuffled;
  constexpr const char* kHint = "choose an order.curriculum other than shuffled, or leave it out";
  require_read("order.curriculum_pace", o.curriculum_pace, unset.curriculum_pace, on, kHint);
  require_read("order.curriculum_start", o.curriculum_start, unset.curriculum_start, on, kHint);
  require_read("order.curriculum_stages", o.curriculum_stages, unset.curriculum_stages, on, kHint);
  require_read("order.curriculum_shape", o.curriculum_shape, unset.curriculum_shape, on, kHint);
  require_read("order.self_paced_window", o.self_paced_window, unset.self_paced_window,
               o.curriculum == adapt::Curriculum::self_paced, "set order.curriculum = self_paced");
  require(!on || o.curriculum_start < 1, "order.curriculum_start",
          "a curriculum that begins with everything is none; got 1, expected below 1",
          "set order.curriculum = shuffled for no curriculum");
}

void check_batch_options(const adapt::BatchOptions& o) {
  const adapt::BatchOptions unset;
  const bool on = o.batch_warmup != adapt::BatchWarmup::none;
  const bool measured = o.batch_warmup == adapt::BatchWarmup::measured;
  constexpr const char* kOn = "choose a batch.batch_warmup, or leave it out";
  constexpr const char* kMeasured = "set batch.batch_warmup = measured, or leave it out";
  require_read("batch.batch_warmup_start", o.batch_warmup_start, unset.batch_warmup_start, on, kOn);
  require_read("batch.batch_warmup_lr", o.batch_warmup_lr, unset.batch_warmup_lr, on, kOn);
  require_read("batch.batch_warmup_steps", o.batch_warmup_steps, unset.batch_warmup_steps,
               on && !measured, "set batch.batch_warmup = stages or linear, or leave it out");
  require_read("batch.batch_warmup_factor", o.batch_warmup_factor, unset.batch_warmup_factor,
               measured, kMeasured);
  require_read("batch.batch_warmup_patience", o.batch_warmup_patience, unset.batch_warmup_patience,
               measured, kMeasured);
  require(!o.batch_warmup_steps.is_data(), "batch.batch_warmup_steps",
          fmt::format("a growing batch has no fixed number of steps in so much data; got {}",
                      o.batch_warmup_steps.text()),
          "give optimizer steps, or a share of train.steps");
}

// The first batch of a plan, in sequences; resolves 0 and checks the rest.
int64_t first_batch(ResolvedConfig& config, const adapt::BatchShape& shape) {
  adapt::BatchOptions& o = config.config.batch;
  const int64_t T = model::sequence_shape(config.model).T, full = shape.full;
  const bool stages = o.batch_warmup == adapt::BatchWarmup::stages;
  const int64_t smallest = std::max(shape.fewest_micro, int64_t{1});
  require(full > smallest, "batch.batch_warmup",
          fmt::format("the full batch of {} sequences cannot grow out of a smaller one", full),
          fmt::format("set train.batch_tokens to {} or more", 2 * smallest * T));
  if (o.batch_warmup_start == 0) {
    int64_t start = full;
    for (int halvings = 0; halvings < 3 && start % 2 == 0 && start / 2 >= smallest; ++halvings)
      start /= 2;
    if (!stages) start = std::max(smallest, full / 8);
    require(start < full, "batch.batch_warmup",
            fmt::format("stages double the batch, and the full one is an odd number of sequences; "
                        "got {}",
                        full),
            "choose an even number, or batch.batch_warmup = linear");
    o.batch_warmup_start = start * T;
    config.reasons.push_back(fmt::format("batch_warmup_start {} = {} of {} sequences",
                                         o.batch_warmup_start, start, full));
  }
  require(o.batch_warmup_start % T == 0, "batch.batch_warmup_start",
          fmt::format("a batch holds whole sequences; got {}, expected a multiple of the context "
                      "{}",
                      o.batch_warmup_start, T),
          "");
  const int64_t start = o.batch_warmup_start / T;
  require(start >= smallest &&
                  start<full, "batch.batch_warmup_start",
                        fmt::format("got {}, expected {} to below train.batch_tokens {}",
                                    o.batch_warmup_start, smallest * T, full * T),
                        smallest> 1
              ? "two sequences are needed to tell signal from noise"
              : "");
  const adapt::StepBatch first = adapt::split_batch(start, shape);
  require(
      first.micro_batches >= shape.fewest_micro && !(shape.even && first.micro_batches % 2 == 1),
      "batch.batch_warmup_start",
      fmt::format("half_batch compares two halves of the micro-batches; got {} sequences, which "
                  "have no halves",
                  start),
      "take an even number of sequences, or rrc.snr_estimator = micro");
  if (stages) {
    int64_t size = start;
    while (size < full) size *= 2;
    require(size == full, "batch.batch_warmup_start",
            fmt::format("stages double the batch; got {}, which never becomes {}",
                        o.batch_warmup_start, full * T),
            "divide train.batch_tokens by a power of two, or set batch.batch_warmup = linear");
  }
  return start;
}

}  // namespace

const char* reader_of_micro_batches(const RunConfig& config) {
  if (config.rrc.rrc_scaling != optim::RrcForm::none) return "rrc.rrc_scaling";
  if (config.batch.batch_warmup == adapt::BatchWarmup::measured)
    return "batch.batch_warmup = measured";
  if (config.batch.batch_warmup_lr == adapt::BatchRate::rrc) return "batch.batch_warmup_lr = rrc";
  const bool measures =
      std::ranges::any_of(metrics::chosen_metrics(config.metrics), [](const auto& chosen) {
        return metrics::find_metric(chosen.name, "metrics.measure").needs_micro_batches;
      });
  return measures ? "the measure snr" : nullptr;
}

void resolve_order(ResolvedConfig& config, int64_t data_tokens) {
  adapt::OrderOptions& o = config.config.order;
  check_order_options(o);
  if (o.curriculum == adapt::Curriculum::shuffled) return;
  const LengthScale scale{.total_steps = config.config.train.steps.steps_of({}, "train.steps"),
                          .tokens_per_step = config.config.train.batch_tokens,
                          .tokens_per_epoch = data_tokens};
  const int64_t length = o.curriculum_pace.steps_of(scale, "order.curriculum_pace");
  config.reasons.push_back(
      fmt::format("curriculum_pace {} steps = {}", length, o.curriculum_pace.text()));
  if (o.curriculum_pace.is_data()) o.curriculum_pace = length;
  require(length >= 1 && length <= config.schedule.total(), "order.curriculum_pace",
          fmt::format("the curriculum has to end within the run; got {} steps, expected 1 to {}",
                      length, config.schedule.total()),
          "shorten it, or lengthen train.steps");
  config.pace = {.length = length,
                 .stages = o.curriculum_stages,
                 .start = o.curriculum_start,
                 .shape = o.curriculum_shape};
  // Both need a loss at every position: a part of a sequence is a sequence, with a loss of its own.
  if (o.curriculum == adapt::Curriculum::self_paced)
    model::require_gpt(config.model, "order.curriculum = self_paced");
  require(o.curriculum != adapt::Curriculum::self_paced || config.sequences >= 2,
          "order.curriculum",
          "self_paced compares the sequences of a step, and there is one; got self_paced",
          "raise train.batch_tokens");
  if (o.curriculum != adapt::Curriculum::length) return;
  const int64_t T = model::require_gpt(config.model, "order.curriculum = length").T;
  int64_t longest_cut = 0;
  for (int64_t stage = 0; stage < config.pace.stages; ++stage)
    longest_cut = std::max(longest_cut, curriculum_context(T, config.pace.share_of_stage(stage)));
  require(longest_cut > 1, "order.curriculum",
          fmt::format("a context of {} tokens has no shorter part that divides it", T),
          "take a context with divisors, such as a power of two, or a larger curriculum_start");
}

void resolve_batch_warmup(ResolvedConfig& config) {
  const RunConfig& c = config.config;
  check_batch_options(c.batch);
  const bool compares = reader_of_micro_batches(c) != nullptr;
  config.batches.shape = {
      .full = config.sequences,
      .micro = c.train.micro_batch,
      .fewest_micro = compares ? 2 : 1,
      .even = compares && c.rrc.snr_estimator == metrics::SnrMethod::half_batch};
  const int64_t total = config.schedule.total();
  config.steps = total;
  if (c.batch.batch_warmup == adapt::BatchWarmup::none) return;
  require(
      c.batch.batch_warmup_lr != adapt::BatchRate::rrc || c.rrc.rrc_scaling == optim::RrcForm::none,
      "batch.batch_warmup_lr",
      "rrc.rrc_scaling brings the measured phi and the batch of each step into the rate "
      "already; got rrc",
      "set batch.batch_warmup_lr = keep, or rrc.rrc_scaling = none");
  const adapt::BatchShape shape = config.batches.shape;
  const int64_t start = first_batch(config, shape);
  if (c.batch.batch_warmup == adapt::BatchWarmup::measured) {
    config.batches.kind = adapt::BatchWarmup::measured;
    config.batches.start = start;
  } else {
    const int64_t steps = c.batch.batch_warmup_steps.steps_of(
        {.total_steps = c.train.steps.steps_of({}, "train.steps"),
         .tokens_per_step = 0,
         .tokens_per_epoch = 0},
        "batch.batch_warmup_steps");
    require(steps >= 1, "batch.batch_warmup_steps",
            fmt::format("got {} steps, expected 1 or more", steps), "lengthen it");
    const bool stages = c.batch.batch_warmup == adapt::BatchWarmup::stages;
    config.batches = (stages ? adapt::plan_stages : adapt::plan_linear)(shape, start, steps);
    require(
        config.batches.ramp_sequences() < total * shape.full, "batch.batch_warmup_steps",
        fmt::format("the batch would never be full; got {} steps, which take {} tokens of {}",
                    steps, config.batches.ramp_sequences() * model::sequence_shape(config.model).T,
                    total * c.train.batch_tokens),
        "shorten it, or lengthen train.steps");
  }
  config.steps = config.batches.steps_for(total);
  config.reasons.push_back(
      fmt::format("{} {} steps in all = the tokens of {} steps of {}, in growing batches",
                  c.batch.batch_warmup == adapt::BatchWarmup::measured ? "at most" : "exactly",
                  config.steps, total, c.train.batch_tokens));
}

}  // namespace coldstart::train
