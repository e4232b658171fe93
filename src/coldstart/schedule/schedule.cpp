#include "coldstart/schedule/schedule.h"

#include <fmt/format.h>

#include <algorithm>

namespace coldstart::schedule {

namespace {

std::string warmup_text(const Schedule& s) {
  std::string detail(enum_name(s.mode));
  if (s.ramp.first == WarmupFirst::zero) detail += ", from zero";
  if (s.ramp.shape == WarmupShape::exponential || s.ramp.shape == WarmupShape::matched_mup)
    detail += fmt::format(", from {:.3g}", s.ramp.start);
  return fmt::format("{} {} warmup ({})", s.warmup, enum_name(s.ramp.shape), detail);
}

std::string decay_text(const Schedule& s) {
  const std::string decay = fmt::format("{} {} decay", s.decay, enum_name(s.fall.shape));
  if (s.fall.shape == DecayShape::inverse_sqrt)
    return decay + fmt::format(" (timescale {}) to {:.3g}", s.fall.timescale, s.factor(s.total()));
  std::string detail;
  if (s.fall.shape == DecayShape::power) detail = fmt::format(" {}", s.fall.power);
  if (s.fall.shape == DecayShape::step)
    detail = fmt::format(" in {} drop{}", s.fall.drops, s.fall.drops == 1 ? "" : "s");
  return decay + fmt::format("{} to {}", detail, s.fall.final_ratio);
}

}  // namespace

double Schedule::factor(int64_t step) const {
  if (step < warmup) return ramp.factor(step, warmup);
  const int64_t j = std::min(step - warmup - hold, decay);  // 0..decay-1 while decaying
  return j <= 0 ? 1 : fall.factor(j, decay);
}

double Schedule::area(int64_t from, int64_t to) const {
  double sum = 0;
  for (int64_t step = from; step < to; ++step) sum += lr(step);
  return sum;
}

std::string describe(const Schedule& s) {
  std::string text = s.warmup > 0 ? warmup_text(s) + " + " : "";
  if (s.hold > 0 || s.decay == 0) text += fmt::format("{} hold", s.hold);
  if (s.hold > 0 && s.decay > 0) text += " + ";
  if (s.decay > 0) text += decay_text(s);
  return text + fmt::format(", peak {}", s.base);
}

}  // namespace coldstart::schedule
