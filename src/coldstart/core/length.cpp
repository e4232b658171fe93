#include "coldstart/core/length.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/text.h"

namespace coldstart {

std::optional<Length> Length::parse(std::string_view text) {
  if (!text.empty() && text.back() == '%') {
    const auto percent = parse_double(text.substr(0, text.size() - 1));
    if (!percent || !(*percent >= 0 && *percent <= 100)) return std::nullopt;
    return of_percent(*percent);
  }
  const auto steps = parse_int(text);
  if (!steps || *steps < 0) return std::nullopt;
  return of_steps(*steps);
}

int64_t Length::steps_of(int64_t total) const {
  if (!is_share()) return steps_;
  return static_cast<int64_t>(std::llround(static_cast<double>(total) * percent_ / 100));
}

std::string Length::text() const {
  return is_share() ? fmt::format("{}%", percent_) : fmt::format("{}", steps_);
}

}  // namespace coldstart
