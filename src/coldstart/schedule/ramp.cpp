#include "coldstart/schedule/ramp.h"

#include <fmt/format.h>

namespace coldstart::schedule {

double Ramp::at(int64_t step) const {
  if (step >= end) return to;
  if (step <= begin) return from;
  const double share = static_cast<double>(step - begin) / static_cast<double>(end - begin);
  return from + (to - from) * share;
}

std::string describe(const Ramp& ramp) {
  if (ramp.is_constant()) return fmt::format("{}", ramp.to);
  return fmt::format("{} to {} over steps {} to {}", ramp.from, ramp.to, ramp.begin, ramp.end);
}

}  // namespace coldstart::schedule
