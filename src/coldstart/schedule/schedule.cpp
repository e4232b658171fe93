#include "coldstart/schedule/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace coldstart::schedule {

double Schedule::factor(int64_t step) const {
  if (step < warmup) {
    const int64_t numerator = first == WarmupFirst::one ? step + 1 : step;
    return static_cast<double>(numerator) / static_cast<double>(warmup);
  }
  const int64_t j = std::min(step - warmup - hold, decay);  // 0..decay-1 while decaying
  if (j <= 0 || decay == 0 || shape == DecayShape::none) return 1;
  if (j == decay) return final_ratio;  // exactly, free of rounding in cos and division
  const double p = static_cast<double>(j) / static_cast<double>(decay);
  const double s = shape == DecayShape::linear ? 1 - p : (1 + std::cos(std::numbers::pi * p)) / 2;
  return final_ratio + (1 - final_ratio) * s;
}

double Schedule::area(int64_t from, int64_t to) const {
  double sum = 0;
  for (int64_t step = from; step < to; ++step) sum += lr(step);
  return sum;
}

std::string describe(const Schedule& s) {
  std::string text;
  if (s.warmup > 0)
    text = fmt::format("{} warmup ({}{}) + ", s.warmup, enum_name(s.mode),
                       s.first == WarmupFirst::zero ? ", from zero" : "");
  if (s.hold > 0 || s.decay == 0) text += fmt::format("{} hold", s.hold);
  if (s.hold > 0 && s.decay > 0) text += " + ";
  if (s.decay > 0)
    text += fmt::format("{} {} decay to {}", s.decay, enum_name(s.shape), s.final_ratio);
  return text + fmt::format(", peak {}", s.base);
}

}  // namespace coldstart::schedule
