#include "coldstart/train/data_order.h"

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::train {

int64_t curriculum_context(int64_t T, double share) {
  const auto most = static_cast<int64_t>(std::floor(share * static_cast<double>(T)));
  for (int64_t length = std::min(most, T); length > 1; --length)
    if (T % length == 0) return length;
  return 1;
}

DataOrder::DataOrder(const ResolvedConfig& config, const data::Source& data)
    : curriculum_(config.config.order.curriculum),
      pace_(config.pace),
      T_(model::sequence_shape(config.model).T),
      shuffled_(data.loader(T_, static_cast<uint64_t>(config.config.train.seed))),
      self_paced_(config.config.order.self_paced_window),
      identity_(data.id),
      context_(T_) {
  const bool anti = curriculum_ == adapt::Curriculum::anti;
  if (curriculum_ != adapt::Curriculum::score && !anti) return;
  graded_ = data.graded_loader(T_, static_cast<uint64_t>(config.config.train.seed), anti);
  identity_ += "+scores:" + graded_->checksum();
}

void DataOrder::begin_step(int64_t position) {
  share_ = pace_.share(position);
  if (curriculum_ == adapt::Curriculum::length) context_ = curriculum_context(T_, share_);
  if (curriculum_ == adapt::Curriculum::self_paced) self_paced_.begin_step(share_);
}

void DataOrder::fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) {
  if (graded_) {
    graded_->fill(first, share_, tokens, targets);
  } else {
    shuffled_->fill(first, tokens, targets);
  }
}

model::Batch DataOrder::shape(std::span<const int32_t> tokens,
                              std::span<const int32_t> targets) const {
  return {.tokens = tokens,
          .targets = targets,
          .B = div_exact(std::ssize(tokens), context_),
          .T = context_};
}

model::ChooseTargets DataOrder::choose(const model::Batch& batch, bool last) {
  if (curriculum_ != adapt::Curriculum::self_paced || !self_paced_.chooses()) return {};
  return [this, &batch, last](Tensor losses) {
    return self_paced_.choose(losses, batch.targets, batch.B, last);
  };
}

std::vector<Reading> DataOrder::readings() const {
  if (curriculum_ == adapt::Curriculum::shuffled) return {};
  std::vector<Reading> readings{{"curriculum_share", share_}};
  if (curriculum_ == adapt::Curriculum::length)
    readings.push_back({"context", static_cast<double>(context_)});
  if (curriculum_ == adapt::Curriculum::self_paced) {
    readings.push_back({"self_paced_threshold", self_paced_.threshold()});
    readings.push_back({"self_paced_counted", self_paced_.counted_share()});
  }
  return readings;
}

std::string describe_order(const ResolvedConfig& config) {
  const adapt::OrderOptions& o = config.config.order;
  const int64_t T = model::sequence_shape(config.model).T;
  std::string text;
  switch (o.curriculum) {
    case adapt::Curriculum::shuffled:
      return "";
    case adapt::Curriculum::length:
      text = fmt::format("sequences of {} tokens first, cut from those of {}",
                         curriculum_context(T, o.curriculum_start), T);
      break;
    case adapt::Curriculum::score:
    case adapt::Curriculum::anti:
      text =
          fmt::format("the {:.3g}% of the windows that compress {} first", 100 * o.curriculum_start,
                      o.curriculum == adapt::Curriculum::score ? "best" : "worst");
      break;
    case adapt::Curriculum::self_paced:
      text = fmt::format(
          "the {:.3g}% of the sequences with the smallest loss count first, as the last {} were "
          "spread; costs one more pass of the head",
          100 * o.curriculum_start, o.self_paced_window);
      break;
  }
  return fmt::format("{}: {}; all from step {} of the schedule on, {} in {} stages",
                     enum_name(o.curriculum), text, config.pace.length,
                     enum_name(o.curriculum_shape), config.pace.stages);
}

}  // namespace coldstart::train
